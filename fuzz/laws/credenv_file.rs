//! A `.credenv.yml`, read and linked to a profile; our own config file is of the same kind.

use std::path::Path;

use credenv::config::Config;
use credenv::project::link::link;
use credenv::project::{FORMATS, Question};

use super::project;

pub fn holds(data: &[u8]) {
    project::is_answered("credenv", &directory(data));
    let _ = Config::from_text(data, Path::new("/home/them/.config/credenv/config.yml"));

    // What was linked is what is read, for that stage or for all that say nothing of their own.
    let path = Path::new("/p/.credenv.yml");
    for (stage, asked) in [(None, "a stage that no file names"), (Some("prod"), "prod")] {
        let Ok(linked) = link(data, path, "a:b 'c'", stage) else { continue };
        let read =
            |text: &[u8]| (FORMATS[0].read)(text, path, &Question { stage: Some(asked), world: &directory(text) });
        let binding = read(&linked.text).expect("what was linked can be read");
        let said = binding.answer.asked.profile.expect("a profile was linked");
        assert_eq!((said.text.as_str(), said.origin.line), ("a:b 'c'", linked.line));
        let again = link(&linked.text, path, "a:b 'c'", stage).expect("what was linked can be linked");
        assert_eq!(again.text, linked.text, "twice is not once");
    }
}

fn directory(text: &[u8]) -> project::Directory<'_> {
    project::Directory { files: vec![(".credenv.yml", text)] }
}
