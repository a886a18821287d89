//! The account's password against the server's challenge; see [SRP](https://core.telegram.org/api/srp).

use telewire_schema::{functions, types};
use zeroize::Zeroizing;

use super::Change;
use crate::client::Client;
use crate::crypto::srp;
use crate::error::{Error, ProtocolError};
use crate::rand::Rng;

/// A computation with the password, which takes long.
type Job<T> = Box<dyn FnOnce(&[u8], &mut Rng) -> Result<T, srp::SrpError> + Send>;

impl Client {
    /// Answers the challenge of a sign-in.
    pub(in crate::client) async fn give_password(
        &self,
        password: &str,
    ) -> Result<types::UserData, Error> {
        // The challenge may have been replaced in between; the second one is fresh for certain.
        let mut result = self.answer_challenge(password).await;
        if matches!(&result, Err(error) if error.is("SRP_ID_INVALID")) {
            result = self.answer_challenge(password).await;
        }
        self.finished(result?).await
    }

    async fn answer_challenge(&self, password: &str) -> Result<types::auth::Authorization, Error> {
        let challenge = self.invoke(&functions::account::GetPassword).await?;
        let password = Zeroizing::new(password.to_owned());
        let proof = self
            .proof(&challenge, &password)
            .await?
            .ok_or_else(|| Error::misuse("this account has no password; sign in without one"))?;
        let request = functions::auth::CheckPassword::new(proof);
        self.invoke(&request).await
    }

    /// One try at changing the password as `change` says.
    pub(super) async fn change_password(&self, change: &Change) -> Result<bool, Error> {
        let known = self.invoke(&functions::account::GetPassword).await?;
        let proof: types::InputCheckPasswordSrp = match &change.current {
            _ if !known.has_password => types::InputCheckPasswordSrp::InputCheckPasswordEmpty,
            Some(current) => self.proof(&known, current).await?.map_or(
                types::InputCheckPasswordSrp::InputCheckPasswordEmpty,
                Into::into,
            ),
            None => {
                return Err(Error::misuse(
                    "this account has a password already; give it to Edit2fa::current as well",
                ));
            }
        };
        let mut settings = types::account::PasswordInputSettings::new();
        match &change.new {
            Some(new) => {
                let (algorithm, verifier) = self.verifier(known.new_algo, new).await?;
                settings.new_algo = Some(algorithm);
                settings.new_password_hash = Some(verifier.into());
                settings.hint = Some(change.hint.clone());
            }
            // The current password with an address and no new password changes the address only.
            None if change.email.is_some() => {}
            None => {
                settings.new_algo = Some(types::PasswordKdfAlgo::Unknown);
                settings.new_password_hash = Some(Vec::new().into());
                settings.hint = Some(String::new());
            }
        }
        settings.email.clone_from(&change.email);
        let request = functions::account::UpdatePasswordSettings::new(proof, settings);
        self.invoke(&request).await
    }

    /// The proof that `password` is the one which the challenge is about; `None` if there is no password.
    async fn proof(
        &self,
        challenge: &types::account::Password,
        password: &Zeroizing<String>,
    ) -> Result<Option<types::InputCheckPasswordSrpData>, Error> {
        let (Some(algorithm), Some(srp_b), Some(srp_id)) =
            (&challenge.current_algo, &challenge.srp_b, challenge.srp_id)
        else {
            return Ok(None);
        };
        let (algorithm, srp_b) = (known(algorithm)?, srp_b.clone());
        let job: Job<_> = Box::new(move |password, rng| algorithm.answer(&srp_b, password, rng));
        let answer = self.compute(password, job).await?;
        let proof =
            types::InputCheckPasswordSrpData::new(srp_id, answer.a.to_vec(), answer.m1.to_vec());
        Ok(Some(proof))
    }

    /// What the server is to keep of a new password, and by which salts it was made.
    async fn verifier(
        &self,
        algorithm: types::PasswordKdfAlgo,
        password: &Zeroizing<String>,
    ) -> Result<(types::PasswordKdfAlgo, Vec<u8>), Error> {
        let algorithm = known(&algorithm)?.salted(&mut self.rng());
        let salted = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow::new(
            algorithm.salt1.clone(),
            algorithm.salt2.clone(),
            algorithm.g,
            algorithm.p.clone(),
        );
        let job: Job<_> = Box::new(move |password, rng| algorithm.verifier(password, rng));
        let verifier = self.compute(password, job).await?;
        Ok((salted.into(), verifier.to_vec()))
    }

    /// Computes off the executor.
    async fn compute<T: Send + 'static>(
        &self,
        password: &Zeroizing<String>,
        job: Job<T>,
    ) -> Result<T, Error> {
        let (password, mut rng) = (password.clone(), self.rng());
        let result = self
            .unblock(move || job(password.as_bytes(), &mut rng))
            .await?;
        result.map_err(|_| {
            ProtocolError::new("its parameters for the password check are not sound").into()
        })
    }
}

/// The one algorithm there is.
fn known(algorithm: &types::PasswordKdfAlgo) -> Result<srp::Algorithm, Error> {
    let types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algorithm) =
        algorithm
    else {
        return Err(Error::misuse(
            "the server checks passwords in a way that is too new for this version; update it",
        ));
    };
    Ok(srp::Algorithm {
        salt1: algorithm.salt1.to_vec(),
        salt2: algorithm.salt2.to_vec(),
        g: algorithm.g,
        p: algorithm.p.to_vec(),
    })
}
