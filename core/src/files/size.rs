//! Sizes of parts and files, and what to say when they do not fit.

use crate::error::Error;

/// 1,024 bytes.
pub const KIB: u32 = 1024;
/// The largest part of an upload: 512 KiB.
pub const MAX_PART: u32 = 512 * KIB;
/// How many parts a file may have.
pub const MAX_PARTS: u32 = 4_000;
/// How many parts a file of a Premium account may have.
pub const MAX_PARTS_PREMIUM: u32 = 8_000;
/// Files up to this size carry an MD5 digest; larger ones go by `upload.saveBigFilePart`.
pub const SMALL_FILE: u64 = 10 * 1024 * 1024;

/// Downloads ask for at most this much at once, and never across a multiple of it.
const MIB: u32 = 1024 * KIB;
/// Offsets and limits of downloads are multiples of this.
const STEP: u32 = 4 * KIB;

/// The part size for an upload of `size` bytes: few requests for large files, small memory for small ones.
pub fn upload_part(size: u64) -> u32 {
    if size <= 104_857_600 {
        128 * KIB
    } else if size <= 786_432_000 {
        256 * KIB
    } else {
        MAX_PART
    }
}

/// The part size for a download of `size` bytes, or of an unknown size.
pub fn download_part(size: Option<u64>) -> u32 {
    size.map_or(64 * KIB, upload_part)
}

/// Checks a part size for uploads.
pub(super) fn check_upload_part(bytes: u64) -> Result<u32, Error> {
    u32::try_from(bytes)
        .ok()
        .filter(|&b| b > 0 && b.is_multiple_of(KIB) && MAX_PART.is_multiple_of(b))
        .ok_or_else(|| {
            Error::misuse(format!(
                "a part of {bytes} bytes cannot be uploaded: parts are 1, 2, 4, 8, 16, 32, 64, 128, 256 or 512 KiB; \
                 pass one of these to part_size(), or leave it out and a fitting size is chosen"
            ))
        })
}

/// Checks a part size for downloads.
pub(super) fn check_download_part(bytes: u64) -> Result<u32, Error> {
    u32::try_from(bytes)
        .ok()
        .filter(|&b| b > 0 && b.is_multiple_of(STEP) && MIB.is_multiple_of(b))
        .ok_or_else(|| {
            Error::misuse(format!(
                "parts of {bytes} bytes cannot be downloaded: parts are 4, 8, 16, 32, 64, 128, 256, 512 or 1024 KiB; \
                 pass one of these to part_size(), or leave it out and a fitting size is chosen"
            ))
        })
}

/// Checks that `size` bytes fit into `max_parts` parts, and counts them.
pub(super) fn count_parts(size: u64, part: u32, max_parts: u32) -> Result<u32, Error> {
    if size == 0 {
        return Err(Error::misuse(
            "the file is empty, and Telegram takes none without content; check that it was written and flushed before sending it",
        ));
    }
    match u32::try_from(size.div_ceil(u64::from(part.max(1)))) {
        Ok(parts) if parts <= max_parts => Ok(parts),
        _ => Err(too_large(size, part, max_parts)),
    }
}

/// The error for a file that needs too many parts.
pub(super) fn too_large(size: u64, part: u32, max_parts: u32) -> Error {
    let most = u64::from(part).saturating_mul(u64::from(max_parts));
    let cure = if part < MAX_PART {
        "use larger parts (part_size(512 * 1024)) or leave the size out"
    } else if max_parts < MAX_PARTS_PREMIUM {
        "split it, or send it from a Premium account, which may upload twice as much"
    } else {
        "split it into several files"
    };
    Error::misuse(format!(
        "the file has at least {size} bytes, but only {most} can be uploaded in {max_parts} parts of {part} bytes; {cure}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn part_size_follows_the_file_size() {
        for (size, kib) in [
            (1, 128),
            (100 * MB, 128),
            (100 * MB + 1, 256),
            (750 * MB, 256),
            (750 * MB + 1, 512),
            (4000 * MB, 512),
        ] {
            assert_eq!(upload_part(size), kib * KIB, "{size}");
        }
        assert_eq!(download_part(None), 64 * KIB);
    }

    #[test]
    fn every_size_up_to_the_limit_fits_with_its_own_part_size() {
        for size in [
            1,
            SMALL_FILE,
            100 * MB,
            100 * MB + 1,
            750 * MB,
            750 * MB + 1,
            2000 * MB,
        ] {
            assert!(
                count_parts(size, upload_part(size), MAX_PARTS).is_ok(),
                "{size}"
            );
        }
        assert!(count_parts(2000 * MB + 1, MAX_PART, MAX_PARTS).is_err());
        assert!(count_parts(4000 * MB, MAX_PART, MAX_PARTS_PREMIUM).is_ok());
    }

    #[test]
    fn a_wrong_part_size_says_which_ones_are_right() {
        for bad in [0, 1000, 3 * 1024, 600 * 1024, 1024 * 1024, u64::MAX] {
            let text = check_upload_part(bad).unwrap_err().to_string();
            assert!(
                text.contains(&bad.to_string()) && text.contains("512 KiB"),
                "{text}"
            );
        }
        for good in 0..10 {
            assert!(check_upload_part(1024 << good).is_ok());
        }
        for bad in [0, 1024, 5 * 4096, 2 * 1024 * 1024] {
            assert!(check_download_part(bad).is_err(), "{bad}");
        }
        assert!(check_download_part(1024 * 1024).is_ok());
    }

    #[test]
    fn empty_and_oversize_files_say_what_to_do() {
        let empty = count_parts(0, MAX_PART, MAX_PARTS).unwrap_err().to_string();
        assert!(empty.contains("is empty"), "{empty}");
        let small_parts = count_parts(10 * MB, KIB, MAX_PARTS)
            .unwrap_err()
            .to_string();
        assert!(small_parts.contains("larger parts"), "{small_parts}");
        let large = count_parts(3000 * MB, MAX_PART, MAX_PARTS)
            .unwrap_err()
            .to_string();
        assert!(large.contains("Premium"), "{large}");
        let huge = count_parts(5000 * MB, MAX_PART, MAX_PARTS_PREMIUM)
            .unwrap_err()
            .to_string();
        assert!(huge.contains("split it"), "{huge}");
    }
}
