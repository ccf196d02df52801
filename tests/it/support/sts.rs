//! AWS's token service on this machine, started once for all tests that ask it.
#![allow(clippy::disallowed_methods)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::home::Home;
use super::process::{find, is_missing, is_required, skip};

/// Where the token service is. It ends with the tests, whose end of its stdin is closed then.
pub(crate) struct Sts {
    _server: Child,
    /// Its address, for `--endpoint-url`.
    pub(crate) url: String,
    proxy: String,
    ca: String,
}

impl Sts {
    /// The token service, if moto and the AWS CLI are installed.
    pub(crate) fn get() -> Option<&'static Self> {
        static STS: OnceLock<Option<Sts>> = OnceLock::new();
        STS.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        if ["python3", "aws", "openssl"].into_iter().any(is_missing) {
            return None;
        }
        let mut server = Command::new(find("python3".as_ref()).unwrap())
            .args(["-c", include_str!("sts.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let words: Vec<_> = line.split_whitespace().collect();
        let &[port, proxy, ca] = words.as_slice() else {
            let status = server.wait().unwrap();
            assert!(status.code() == Some(9) && !is_required(), "the token service ends with {status}");
            skip("moto is not installed");
            return None;
        };
        let address = |port: &str| format!("http://127.0.0.1:{port}");
        Some(Self { url: address(port), proxy: address(proxy), ca: ca.to_owned(), _server: server })
    }

    /// That home, in which every program that looks for AWS finds this.
    pub(crate) fn reached_from(&self, home: Home) -> Home {
        home.env("HTTPS_PROXY", &self.proxy)
            .env("AWS_CA_BUNDLE", &self.ca)
            .env("NO_PROXY", "127.0.0.1")
            .env("AWS_PAGER", "")
    }

    /// The command that tells whom it takes the environment for.
    pub(crate) fn who(&self) -> String {
        format!("aws sts get-caller-identity --endpoint-url {} --query Arn --output text", self.url)
    }
}
