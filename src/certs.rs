//! Certificates: PEM text read and checked, and written as the variables and the files of programs hold it.

use std::collections::BTreeSet;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode as _, Tag, Tagged as _};
use x509_cert::name::Name;

use crate::clock::Moment;

/// The largest file of certificates that is read, in bytes: the public roots of a system take 0.3 MB.
pub const SIZE_LIMIT: u64 = 8 * 1024 * 1024;

/// How long before its end a certificate is worth a word, in seconds.
pub const SOON: i64 = 30 * 24 * 60 * 60;

/// What the certificates of a file are called on their first lines. OpenSSL reads the second form as well.
const LABELS: [&str; 2] = ["CERTIFICATE", "X509 CERTIFICATE"];

/// The certificate with a trust setting that OpenSSL alone can read.
const OF_OPENSSL: &str = "TRUSTED CERTIFICATE";

/// A certificate that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names, as `openssl x509 -subject` tells it.
    pub subject: String,
    /// From when it holds.
    pub not_before: Moment,
    /// Until when it holds.
    pub not_after: Moment,
    /// The line that it begins at.
    pub line: u32,
    /// Its base64, without line ends.
    base64: String,
}

/// Why text cannot be used for certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing in it.
    Empty,
    /// It is a certificate in binary form.
    Der,
    /// There is no certificate in it.
    NoCertificate,
    /// What should begin a certificate is indented, and no program finds it.
    Indented(u32),
    /// A private key, which is nobody else's business.
    PrivateKey(u32),
    /// A certificate in the form that OpenSSL alone reads.
    OfOpenSsl(u32),
    /// What begins there is no whole certificate.
    Broken(u32),
}

impl Refusal {
    /// What is wrong.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Refusal::Empty => "it is empty".to_owned(),
            Refusal::Der => "it is DER, not PEM".to_owned(),
            Refusal::NoCertificate => "there is no PEM certificate in it".to_owned(),
            Refusal::Indented(line) => format!("line {line} is indented, so programs do not find the certificate"),
            Refusal::PrivateKey(line) => {
                format!("there is a private key at line {line}, and every program would get it")
            }
            Refusal::OfOpenSsl(line) => {
                format!("the certificate at line {line} is a `TRUSTED CERTIFICATE`, which only OpenSSL can read")
            }
            Refusal::Broken(line) => format!("the certificate at line {line} is damaged"),
        }
    }

    /// What to type; `file` as a shell takes it.
    #[must_use]
    pub fn hint(self, file: &str) -> String {
        match self {
            Refusal::Der => format!("`openssl x509 -inform DER -in {file} -out corp.pem` converts it"),
            Refusal::PrivateKey(_) => {
                format!("`sed -n '/BEGIN CERT/,/END CERT/p' {file} >corp.pem` writes only the certificates")
            }
            Refusal::OfOpenSsl(_) => {
                format!("`openssl x509 -in {file} -out corp.pem` writes it so that every program can read it")
            }
            Refusal::Empty | Refusal::NoCertificate | Refusal::Indented(_) | Refusal::Broken(_) => {
                format!("`openssl x509 -in {file} -noout -subject` shows whether it holds a certificate")
            }
        }
    }
}

/// Reads every certificate of a text, of which there must be one at least. What stands between them is passed over, as
/// programs do it.
pub fn read(text: &[u8]) -> Result<Vec<Certificate>, Refusal> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    let mut certificates = Vec::new();
    let mut indented = None;
    let mut lines = (1..).zip(text.split(|byte| *byte == b'\n'));
    while let Some((number, line)) = lines.next() {
        let Some(label) = mark("BEGIN", line) else {
            if indented.is_none() && mark("BEGIN", line.trim_ascii_start()).is_some() {
                indented = Some(number);
            }
            continue;
        };
        if label.contains("PRIVATE KEY") {
            return Err(Refusal::PrivateKey(number));
        }
        if label == OF_OPENSSL {
            return Err(Refusal::OfOpenSsl(number));
        }
        if LABELS.contains(&label) {
            let behind = lines.by_ref().map(|(_, line)| line);
            certificates.push(certificate(number, label, behind).ok_or(Refusal::Broken(number))?);
        }
    }
    match (certificates.is_empty(), indented) {
        (false, _) => Ok(certificates),
        (true, Some(line)) => Err(Refusal::Indented(line)),
        (true, None) if from_der(text).is_some() => Err(Refusal::Der),
        (true, None) => Err(Refusal::NoCertificate),
    }
}

/// The label of a line that begins or ends something in PEM: `-----BEGIN CERTIFICATE-----`.
fn mark<'l>(word: &str, line: &'l [u8]) -> Option<&'l str> {
    let line = std::str::from_utf8(line.strip_prefix(b"-----")?).ok()?;
    line.strip_prefix(word)?.strip_prefix(' ')?.trim_end().strip_suffix("-----")
}

/// The certificate in these lines, up to the one that ends it.
fn certificate<'l>(number: u32, label: &str, mut lines: impl Iterator<Item = &'l [u8]>) -> Option<Certificate> {
    let mut base64 = String::new();
    loop {
        let line = lines.next()?;
        if mark("END", line) == Some(label) {
            break;
        }
        let line = std::str::from_utf8(line).ok()?.trim_ascii_end();
        // A blank line would end the headers that some programs look for, and a `-` is the next label: no end was there.
        if line.is_empty() || line.starts_with('-') {
            return None;
        }
        base64.push_str(line);
    }
    let whole = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    let der = CertificateDer::from_pem_slice(whole.as_bytes()).ok().filter(|_| base64.len().is_multiple_of(4))?;
    let (subject, not_before, not_after) = from_der(&der)?;
    Some(Certificate { subject, not_before, not_after, line: number, base64 })
}

fn from_der(der: &[u8]) -> Option<(String, Moment, Moment)> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let told = certificate.tbs_certificate();
    let moment = |time: x509_cert::time::Time| time.to_unix_duration().as_secs().try_into().ok().map(Moment);
    let validity = told.validity();
    Some((subject(told.subject()), moment(validity.not_before)?, moment(validity.not_after)?))
}

/// The parts of a name that have a short name of their own.
const PARTS: [(&str, ObjectIdentifier); 8] = [
    ("C", ObjectIdentifier::new_unwrap("2.5.4.6")),
    ("ST", ObjectIdentifier::new_unwrap("2.5.4.8")),
    ("L", ObjectIdentifier::new_unwrap("2.5.4.7")),
    ("O", ObjectIdentifier::new_unwrap("2.5.4.10")),
    ("OU", ObjectIdentifier::new_unwrap("2.5.4.11")),
    ("CN", ObjectIdentifier::new_unwrap("2.5.4.3")),
    ("DC", ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25")),
    ("emailAddress", ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1")),
];

fn subject(name: &Name) -> String {
    let part = |part: &x509_cert::attr::AttributeTypeAndValue| {
        let bytes = part.value.value();
        let text = if part.value.tag() == Tag::BmpString {
            let pairs = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(pairs).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
        match PARTS.iter().find(|(_, oid)| *oid == part.oid) {
            Some((short, _)) => format!("{short}={text}"),
            None => format!("{}={text}", part.oid),
        }
    };
    let parts: Vec<_> = name.iter().map(part).collect();
    if parts.is_empty() { "(no subject)".to_owned() } else { parts.join(", ") }
}

/// Whether a certificate holds at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It does, and goes on for a while.
    Valid,
    /// It does, and ends within 30 days.
    EndsSoon,
    /// It did.
    Expired,
    /// It will.
    NotYet,
}

impl Certificate {
    /// Whether it holds at that moment.
    #[must_use]
    pub fn validity(&self, now: Moment) -> Validity {
        if now > self.not_after {
            Validity::Expired
        } else if now < self.not_before {
            Validity::NotYet
        } else if self.not_after.0.saturating_sub(now.0) <= SOON {
            Validity::EndsSoon
        } else {
            Validity::Valid
        }
    }

    /// Until when it holds, in a few words.
    #[must_use]
    pub fn told(&self, now: Moment) -> String {
        match self.validity(now) {
            Validity::Valid | Validity::EndsSoon => format!("{}, valid until {}", self.subject, self.not_after.day()),
            Validity::Expired => format!("{}, expired on {}", self.subject, self.not_after.day()),
            Validity::NotYet => format!("{}, not valid before {}", self.subject, self.not_before.day()),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let cut = |start: usize| &self.base64[start..self.base64.len().min(start + 64)];
        let inside = (0..self.base64.len()).step_by(64).map(cut);
        std::iter::once("-----BEGIN CERTIFICATE-----").chain(inside).chain(["-----END CERTIFICATE-----"])
    }
}

/// One file of all of them, each once.
#[must_use]
pub fn bundle<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> Vec<u8> {
    let mut text = String::new();
    for line in each_once(certificates).flat_map(Certificate::lines) {
        text.push_str(line);
        text.push('\n');
    }
    text.into_bytes()
}

/// All of them as `ca` holds them: each with the two characters `\n` for a line end, and commas between. Without the
/// text around them: a comma in it would be taken for one between.
#[must_use]
pub fn one_line<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> String {
    let escaped = |certificate: &Certificate| certificate.lines().flat_map(|line| [line, "\\n"]).collect::<String>();
    each_once(certificates).map(escaped).collect::<Vec<_>>().join(",")
}

fn each_once<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> impl Iterator<Item = &'c Certificate> {
    let mut seen = BTreeSet::new();
    certificates.into_iter().filter(move |certificate| seen.insert(certificate.base64.as_str()))
}

/// Text as a person writes it into a project file, also on one line with the two characters `\n`, as it stands in the
/// variable.
#[must_use]
pub fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// From 2020 to 2030, and from 2010 to 2020; nobody has their key.
    pub(crate) const ROOT: &str = "\
-----BEGIN CERTIFICATE-----
MIIBUzCB+gIBATAKBggqhkjOPQQDAjA2MQswCQYDVQQGEwJERTETMBEGA1UECgwK
QWNtZSwgSW5jLjESMBAGA1UEAwwJQWNtZSBSb290MB4XDTIwMDEwMTAwMDAwMFoX
DTMwMDEwMTAwMDAwMFowNjELMAkGA1UEBhMCREUxEzARBgNVBAoMCkFjbWUsIElu
Yy4xEjAQBgNVBAMMCUFjbWUgUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
BIarvxoqUbBYrg5+UrbL8p3ed/e9jhQMj2soNGhhy4JuLuaWc+48RfY+avMWsysq
u7N6FbUxR5wUBGqWTg1th8QwCgYIKoZIzj0EAwIDSAAwRQIhAPDZVpNWkPvROyaj
h8V8D8m9IWX64JwgorbCp9IdPXL4AiAIHvCLaBVuGdUf3QfU4wfvTOmqjDJARe71
xm3a3pOJfg==
-----END CERTIFICATE-----
";
    pub(crate) const OLD: &str = "\
-----BEGIN CERTIFICATE-----
MIIBDTCBtAIBAjAKBggqhkjOPQQDAjATMREwDwYDVQQDDAhPbGQgUm9vdDAeFw0x
MDAxMDEwMDAwMDBaFw0yMDAxMDEwMDAwMDBaMBMxETAPBgNVBAMMCE9sZCBSb290
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhqu/GipRsFiuDn5Stsvynd53972O
FAyPayg0aGHLgm4u5pZz7jxF9j5q8xazKyq7s3oVtTFHnBQEapZODW2HxDAKBggq
hkjOPQQDAgNIADBFAiA1mdHdRYWi08fPZEX12GuGt4HhXm2TAoPVoA6K4uJ16QIh
ALQ4zY54dNnxOkNLCzM6bTAOkzLUPfslbKxWvPkNgZqe
-----END CERTIFICATE-----
";
    /// A day in 2026.
    pub(crate) const NOW: Moment = Moment(1_795_255_200);

    fn subjects(text: impl AsRef<[u8]>) -> Result<Vec<(String, u32)>, Refusal> {
        let told = |certificate: Certificate| (certificate.subject, certificate.line);
        read(text.as_ref()).map(|all| all.into_iter().map(told).collect())
    }

    #[test]
    fn what_stands_between_certificates_and_how_lines_end_does_not_matter() {
        let both = Ok(vec![("C=DE, O=Acme, Inc., CN=Acme Root".to_owned(), 2), ("CN=Old Root".to_owned(), 13)]);
        let text = format!("# O=Acme, Inc.\n{ROOT}-----BEGIN X509 CRL-----\n");
        assert_eq!(subjects(format!("{text}{OLD}# end")), both);
        assert_eq!(subjects(format!("\u{feff}{text}{OLD}").replace('\n', "\r\n")), both);
        assert_eq!(subjects(format!("{text}{}", OLD.trim_end()).replace('\n', "  \n")), both);
        assert_eq!(subjects(format!("{text}{}", OLD.replace("CERT", "X509 CERT"))), both);
        let one_line = OLD.replace('\n', "").replace("-----M", "-----\nM").replace("e----", "e\n----");
        assert_eq!(subjects(one_line), Ok(vec![("CN=Old Root".to_owned(), 1)]));
        assert_eq!(subjects(unescaped(&OLD.replace('\n', "\\n"))), Ok(vec![("CN=Old Root".to_owned(), 1)]));
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_line() {
        let key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
        let trusted = ROOT.replace("CERT", "TRUSTED CERT");
        let der = CertificateDer::from_pem_slice(OLD.as_bytes()).unwrap().to_vec();
        for (text, refusal) in [
            (String::new(), Refusal::Empty),
            ("\u{feff} \r\n".to_owned(), Refusal::Empty),
            ("nothing\n".to_owned(), Refusal::NoCertificate),
            ("-----BEGIN PUBLIC KEY-----\nMHcC\n-----END PUBLIC KEY-----\n".to_owned(), Refusal::NoCertificate),
            (format!("#\n{}", ROOT.replace('\n', "\n ").replacen("---", " ---", 1)), Refusal::Indented(2)),
            (format!("{OLD}{key}"), Refusal::PrivateKey(9)),
            (format!("{key}{OLD}"), Refusal::PrivateKey(1)),
            (key.replace("EC ", "ENCRYPTED "), Refusal::PrivateKey(1)),
            (format!("{OLD}{trusted}"), Refusal::OfOpenSsl(9)),
            (format!("{OLD}{}", ROOT.replacen("MII", "MI", 1)), Refusal::Broken(9)),
            (ROOT.replacen("MII", "MI$", 1), Refusal::Broken(1)),
            (ROOT.replacen("MIIB", "MIIC", 1), Refusal::Broken(1)),
            (ROOT.replacen("\nQWN", "\n\nQWN", 1), Refusal::Broken(1)),
            (ROOT.lines().take(8).collect::<Vec<_>>().join("\n"), Refusal::Broken(1)),
            (ROOT.lines().take(9).collect::<Vec<_>>().join("\n"), Refusal::Broken(1)),
            (ROOT.replace("END CERT", "END X509 CERT"), Refusal::Broken(1)),
        ] {
            assert_eq!(subjects(&text), Err(refusal), "{text}");
        }
        assert_eq!(subjects(der), Err(Refusal::Der));
        assert_eq!(subjects([0x30, 0x82]), Err(Refusal::NoCertificate));
    }

    #[test]
    fn a_bundle_holds_each_once_and_is_read_back() {
        let all = read(format!("{ROOT}{OLD}# and again, in another form\n{}", ROOT.replace('\n', "\r\n")).as_bytes());
        let all = all.unwrap();
        assert_eq!(String::from_utf8(bundle(&all)).unwrap(), format!("{ROOT}{OLD}"));
        let escaped = |text: &str| text.replace('\n', "\\n");
        assert_eq!(one_line(&all), format!("{},{}", escaped(ROOT), escaped(OLD)));
    }

    #[test]
    fn the_dates_tell_whether_it_holds() {
        let root = &read(ROOT.as_bytes()).unwrap()[0];
        let day = |text: &str| Moment::from_rfc3339(&format!("{text}T00:00:00Z")).unwrap();
        for (now, validity, told) in [
            ("2019-12-31", Validity::NotYet, "not valid before 2020-01-01"),
            ("2020-01-01", Validity::Valid, "valid until 2030-01-01"),
            ("2029-12-01", Validity::Valid, "valid until 2030-01-01"),
            ("2029-12-02", Validity::EndsSoon, "valid until 2030-01-01"),
            ("2030-01-01", Validity::EndsSoon, "valid until 2030-01-01"),
            ("2030-01-02", Validity::Expired, "expired on 2030-01-01"),
        ] {
            assert_eq!(root.validity(day(now)), validity, "{now}");
            assert_eq!(root.told(day(now)), format!("C=DE, O=Acme, Inc., CN=Acme Root, {told}"), "{now}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn a_damaged_certificate_never_panics(at in 0usize..500, byte in any::<u8>(), cut in 0usize..500) {
            let mut der = CertificateDer::from_pem_slice(ROOT.as_bytes()).unwrap().to_vec();
            let length = der.len();
            der[at % length] = byte;
            let _ = from_der(&der);
            let _ = from_der(&der[..cut % length]);
            let mut text = ROOT.as_bytes().to_vec();
            let length = text.len();
            text[at % length] = byte;
            let _ = read(&text);
            let _ = read(&text[..cut % length]);
        }

        #[test]
        fn pieces_of_pem_in_any_order_never_panic(
            pieces in prop::collection::vec(prop_oneof![
                Just("-----BEGIN CERTIFICATE-----"), Just("-----END CERTIFICATE-----"), Just("-----BEGIN "), Just("\n"),
                Just("-----BEGIN RSA PRIVATE KEY-----"), Just("-----"), Just("MIIB"), Just(" "), Just("\r"), Just(ROOT),
            ], 0..12)
        ) {
            let text = pieces.concat();
            if let Ok(found) = read(text.as_bytes()) {
                prop_assert_eq!(read(&bundle(&found)).map(|again| bundle(&again)), Ok(bundle(&found)));
            }
        }
    }
}
