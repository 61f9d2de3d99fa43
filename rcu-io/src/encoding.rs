//! What encoding a text file is in, and its text.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use rcu_core::Error;

/// A file's bytes as UTF-8, where they could be decoded, and how they were read.
#[derive(Debug)]
pub struct Decoded {
    /// The bytes; lines that are not valid UTF-8 are left for the reader to reject.
    pub bytes: Vec<u8>,
    /// Label of the encoding that was read.
    pub encoding: &'static str,
}

/// Decodes a file. A declared encoding wins; else a byte order mark; else UTF-8 when the bytes are, or when their
/// accents mostly are; else Windows-1252, the usual export of French desktop software.
///
/// # Errors
/// [`Error::Argument`] for a label that names no encoding.
pub fn decode(bytes: Vec<u8>, declared: Option<&str>, source: &str) -> Result<Decoded, Error> {
    let (bom, length) = Encoding::for_bom(&bytes).map_or((None, 0), |(e, n)| (Some(e), n));
    let encoding = match declared {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| Error::Argument {
            argument: format!("sources.{source}.encoding"),
            reason: format!(
                "`{label}` is not an encoding; use utf-8, windows-1252, iso-8859-15, utf-16le, …"
            ),
        })?,
        None => bom.unwrap_or_else(|| guess(&bytes)),
    };
    let strip = if bom == Some(encoding) { length } else { 0 };
    if encoding == UTF_8 {
        let bytes = if strip > 0 { bytes[strip..].to_vec() } else { bytes };
        return Ok(Decoded { bytes, encoding: "utf-8" });
    }
    let (text, _) = encoding.decode_without_bom_handling(&bytes[strip..]);
    let name = match encoding {
        e if e == UTF_16LE => "utf-16le",
        e if e == UTF_16BE => "utf-16be",
        e if e == WINDOWS_1252 => "windows-1252",
        e => e.name(),
    };
    Ok(Decoded { bytes: text.into_owned().into_bytes(), encoding: name })
}

/// UTF-8 when accents written as UTF-8 outnumber bytes that cannot be.
fn guess(bytes: &[u8]) -> &'static Encoding {
    if bytes.len() >= 2 && bytes.iter().take(256).skip(1).step_by(2).all(|b| *b == 0) {
        return UTF_16LE;
    }
    let (mut good, mut bad, mut rest) = (0usize, 0usize, bytes);
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                good += text.chars().filter(|c| !c.is_ascii()).count();
                break;
            }
            Err(e) => {
                let (valid, after) = rest.split_at(e.valid_up_to());
                good += String::from_utf8_lossy(valid).chars().filter(|c| !c.is_ascii()).count();
                bad += 1;
                rest = &after[e.error_len().unwrap_or(after.len()).max(1)..];
            }
        }
    }
    if bad == 0 || good > bad { UTF_8 } else { WINDOWS_1252 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> (String, &'static str) {
        let d = decode(bytes.to_vec(), None, "s").unwrap();
        (String::from_utf8_lossy(&d.bytes).into_owned(), d.encoding)
    }

    #[test]
    fn finds_the_usual_encodings() {
        assert_eq!(of(b"nom\nH\xe9l\xe8ne\n"), ("nom\nHélène\n".into(), "windows-1252"));
        assert_eq!(of("nom\nHélène\n".as_bytes()), ("nom\nHélène\n".into(), "utf-8"));
        assert_eq!(of(b"\xef\xbb\xbfnom\n"), ("nom\n".into(), "utf-8"));
        assert_eq!(of(b"\xff\xfen\0o\0m\0"), ("nom".into(), "utf-16le"));
    }

    #[test]
    fn one_bad_line_does_not_change_a_utf8_file() {
        let mut bytes = "Hélène\nZoé\nAnaïs\n".as_bytes().to_vec();
        bytes.extend_from_slice(b"caf\xe9\n");
        assert_eq!(decode(bytes, None, "s").unwrap().encoding, "utf-8");
    }
}
