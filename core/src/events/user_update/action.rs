//! What somebody is writing, recording, uploading or playing.

use telewire_schema::types::{self, SendMessageAction as Action};

use crate::events::UserUpdateEvent;

/// What somebody does. All of it is `false` for a [status](Self::status).
impl UserUpdateEvent {
    /// The action, if it is one. Kinds that the other properties do not know of are told here as well.
    pub fn action(&self) -> Option<&types::SendMessageAction> {
        match &self.update.raw {
            types::Update::UserTyping(u) => Some(&u.action),
            types::Update::ChatUserTyping(u) => Some(&u.action),
            types::Update::ChannelUserTyping(u) => Some(&u.action),
            _ => None,
        }
    }

    /// Whether the user has stopped doing what was told before.
    pub fn cancel(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageCancelAction))
    }

    /// Whether the user is writing a text.
    pub fn typing(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageTypingAction))
    }

    /// Whether the user is recording [audio](Self::audio), [a round video](Self::round) or [a video](Self::video).
    pub fn recording(&self) -> bool {
        matches!(
            self.action(),
            Some(
                Action::SendMessageRecordAudioAction
                    | Action::SendMessageRecordRoundAction
                    | Action::SendMessageRecordVideoAction
            )
        )
    }

    /// Whether the user is uploading something, or choosing a [contact](Self::contact) or [sticker](Self::sticker).
    pub fn uploading(&self) -> bool {
        matches!(
            self.action(),
            Some(
                Action::SendMessageChooseContactAction
                    | Action::SendMessageChooseStickerAction
                    | Action::SendMessageUploadAudioAction(_)
                    | Action::SendMessageUploadDocumentAction(_)
                    | Action::SendMessageUploadPhotoAction(_)
                    | Action::SendMessageUploadRoundAction(_)
                    | Action::SendMessageUploadVideoAction(_)
            )
        )
    }

    /// Whether the user is playing a game.
    pub fn playing(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageGamePlayAction))
    }

    /// Whether audio is recorded or uploaded.
    pub fn audio(&self) -> bool {
        matches!(
            self.action(),
            Some(Action::SendMessageRecordAudioAction | Action::SendMessageUploadAudioAction(_))
        )
    }

    /// Whether a round video is recorded or uploaded.
    pub fn round(&self) -> bool {
        matches!(
            self.action(),
            Some(Action::SendMessageRecordRoundAction | Action::SendMessageUploadRoundAction(_))
        )
    }

    /// Whether a video is recorded or uploaded.
    pub fn video(&self) -> bool {
        matches!(
            self.action(),
            Some(Action::SendMessageRecordVideoAction | Action::SendMessageUploadVideoAction(_))
        )
    }

    /// Whether a document is uploaded.
    pub fn document(&self) -> bool {
        matches!(
            self.action(),
            Some(Action::SendMessageUploadDocumentAction(_))
        )
    }

    /// Whether a place is picked on a map.
    pub fn geo(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageGeoLocationAction))
    }

    /// Whether a photo is uploaded.
    pub fn photo(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageUploadPhotoAction(_)))
    }

    /// Whether a contact is chosen.
    pub fn contact(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageChooseContactAction))
    }

    /// Whether a sticker is chosen.
    pub fn sticker(&self) -> bool {
        matches!(self.action(), Some(Action::SendMessageChooseStickerAction))
    }
}
