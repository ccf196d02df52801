//! What the two laws about project files share: a tree of one directory, and how long an answer may take.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use credenv::core::error::Result;
use credenv::project::{FORMATS, Question, World};

/// A directory in which these files are, and a home with nothing in it.
pub struct Directory<'d> {
    pub files: Vec<(&'static str, &'d [u8])>,
}

impl World for Directory<'_> {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        let file = self.files.iter().find(|(name, _)| path == Path::new("/p").join(name));
        Ok(file.map(|(_, bytes)| bytes.to_vec()))
    }

    fn real_path(&self, path: &Path) -> Option<PathBuf> {
        let is_there = path == Path::new("/p") || self.files.iter().any(|(name, _)| path == Path::new("/p").join(name));
        is_there.then(|| path.to_owned())
    }

    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "STAGE" => Some("prod".to_owned()),
            "EMPTY" => Some(String::new()),
            "AGAIN" => Some("${env:AGAIN}".to_owned()),
            _ => None,
        }
    }

    fn names(&self, _directory: &Path, beginning: &str, most: usize) -> Vec<String> {
        let names = self.files.iter().map(|(name, _)| (*name).to_owned());
        names.filter(|name| name.starts_with(beginning)).take(most).collect()
    }
}

/// Reads the first of the files by the format of that name, for several stages; the same question has the same answer, and
/// none takes long.
pub fn is_answered(format: &str, directory: &Directory<'_>) {
    let format = FORMATS.iter().find(|known| known.name == format).expect("it is one of ours");
    let (file, text) = directory.files[0];
    let path = Path::new("/p").join(file);
    for stage in [None, Some("dev"), Some("prod"), Some("a b")] {
        let question = Question { stage, world: directory };
        let begun = Instant::now();
        let read = (format.read)(text, &path, &question);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let Ok(binding) = read else { continue };
        assert_eq!(binding.file, path);
        if let Some(stage) = stage {
            assert_eq!(binding.stage.as_deref(), Some(stage), "the stage that was asked for");
        }
        let said = binding.answer.asked.profile.as_ref();
        assert!(said.is_none_or(|said| !said.text.is_empty()), "a profile without a name");
        let again = (format.read)(text, &path, &question).expect("it was read a moment ago");
        assert_eq!(again, binding);
    }
}
