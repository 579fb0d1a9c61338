//! Certificates of X.509 (RFC 5280), alone or as a list in text (RFC 7468). None of them is verified.

use sha2::{Digest as _, Sha256};
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::clipped;
use crate::service::files::hits::hex;
use crate::view::files::{Certificate, Inside};

/// Most certificates that are shown.
const SHOWN: usize = 500;
/// Most blocks that are none after all: each is looked for an end down to the file's own.
const BROKEN: usize = 100;
/// Most other names of one certificate.
const NAMES: usize = 20;
/// What a certificate in text is announced by: the usual label, an old one, and OpenSSL's own.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// Whether the file has certificates.
pub(super) fn are_in(name: &[u8], bytes: &[u8]) -> bool {
    let announced = LABELS.iter().any(|label| {
        let line = format!("-----BEGIN {label}-----");
        bytes.windows(line.len()).any(|window| window == line.as_bytes())
    });
    let ending = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default().to_ascii_lowercase();
    announced || (matches!(ending.as_slice(), b"cer" | b"crt" | b"der") && certificate(bytes).is_some())
}

/// Reads them, those that can be.
pub(super) fn read(bytes: &[u8]) -> Option<Inside> {
    if let Some(certificate) = certificate(bytes) {
        return Some(Inside::Certificates { certificates: vec![certificate], left_out: 0 });
    }
    let (mut certificates, mut left_out, mut broken) = (Vec::new(), 0, 0);
    let mut rest = bytes;
    while let Some(begin) = rest.windows(BEGIN.len()).position(|window| window == BEGIN) {
        rest = &rest[begin..];
        let Ok((pem, read)) = Pem::read(std::io::Cursor::new(rest)) else {
            rest = &rest[BEGIN.len()..];
            left_out += 1;
            broken += 1;
            if broken >= BROKEN {
                break;
            }
            continue;
        };
        rest = &rest[read.clamp(BEGIN.len(), rest.len())..];
        if !LABELS.contains(&pem.label.as_str()) {
            continue;
        }
        match certificate(&pem.contents).filter(|_| certificates.len() < SHOWN) {
            Some(certificate) => certificates.push(certificate),
            None => left_out += 1,
        }
    }
    (!certificates.is_empty()).then_some(Inside::Certificates { certificates, left_out })
}

const BEGIN: &[u8] = b"-----BEGIN ";

fn certificate(bytes: &[u8]) -> Option<Certificate> {
    let (rest, parsed) = X509Certificate::from_der(bytes).ok()?;
    let own = &bytes[..bytes.len() - rest.len()];
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().take(NAMES).map(name).collect());
    Some(Certificate {
        subject: clipped(&parsed.subject().to_string()),
        issuer: clipped(&parsed.issuer().to_string()),
        is_self_issued: parsed.subject().as_raw() == parsed.issuer().as_raw(),
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        names: names.unwrap_or_default(),
        key: key(&parsed),
        is_authority: parsed.is_ca(),
        serial: clipped(&parsed.raw_serial_as_string()),
        sha256: hex(&Sha256::digest(own).into()),
    })
}

fn name(name: &x509_parser::extensions::GeneralName<'_>) -> String {
    use x509_parser::extensions::GeneralName;
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => clipped(text),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(four), _) => std::net::Ipv4Addr::from(four).to_string(),
            (_, Ok(sixteen)) => std::net::Ipv6Addr::from(sixteen).to_string(),
            _ => clipped(&name.to_string()),
        },
        other => clipped(&other.to_string()),
    }
}

/// Its algorithm and how many bits it has.
fn key(certificate: &X509Certificate<'_>) -> String {
    let own = certificate.public_key();
    match own.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA, {} bits", key.key_size()),
        Ok(PublicKey::EC(point)) => format!("elliptic curve, {} bits", point.key_size()),
        _ => match own.algorithm.algorithm.to_id_string().as_str() {
            // RFC 8410 §3.
            "1.3.101.112" => "Ed25519".to_owned(),
            "1.3.101.113" => "Ed448".to_owned(),
            other => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const ROOT: &str = include_str!("../../../embedded/sample/company/toolbox/authority.pem");

    fn found(text: &str) -> Option<(usize, usize)> {
        match read(text.as_bytes())? {
            Inside::Certificates { certificates, left_out } => Some((certificates.len(), left_out)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn certificates_stand_among_other_things() {
        assert!(are_in(b"x", ROOT.as_bytes()));
        let key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
        assert_eq!(found(&format!("# a remark\n{ROOT}{key}{ROOT}")), Some((2, 0)));
        let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert_eq!(found(&format!("{broken}{ROOT}")), Some((1, 1)));
        assert_eq!(found(broken), None);
        let der = Pem::read(std::io::Cursor::new(ROOT.as_bytes())).unwrap().0.contents;
        assert!(are_in(b"root.CRT", &der) && !are_in(b"root", &der));
    }

    /// Without a limit each of them is looked for its end down to the file's: a minute for a file that a page reads whole.
    #[test]
    fn blocks_without_an_end_are_given_up() {
        let mut text = ROOT.to_owned();
        for number in 0..20_000 {
            // Writing to a text does not fail.
            let _ = writeln!(text, "-----BEGIN {number}-----");
        }
        assert_eq!(found(&text), Some((1, BROKEN)));
    }
}
