//! A service file, a file that it may include and its `.env`, split by NULs.

use super::project;

pub fn holds(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let files = vec![("serverless.yml", part()), ("other.yml", part()), (".env", part())];
    project::is_answered("serverless", &project::Directory { files });
}
