//! Project files, one file a format: from text to what the project asks for.

mod aws_profile;
mod cdk;
mod chalice;
pub(crate) mod credenv_file;
mod elastic_beanstalk;
mod json;
pub mod link;
mod outline;
mod pulumi;
mod sam;
pub mod serverless;
mod staged;
pub(crate) mod strict;
mod tree;
pub mod yaml;
mod zappa;

use std::path::{Path, PathBuf};

use crate::core::binding::Binding;
use crate::core::error::Result;

/// The largest project file or included file that is read, in bytes.
pub const SIZE_LIMIT: u64 = 4 * 1024 * 1024;

/// What a reader may ask of the machine; nothing here starts a process or touches the network.
pub trait World {
    /// The text of a file of at most [`SIZE_LIMIT`] bytes; a file that is not there is `None`.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>>;
    /// The real path of something that is there, all symlinks resolved.
    fn real_path(&self, path: &Path) -> Option<PathBuf>;
    /// A variable of the environment as it was before credenv changed it; one that is set and empty is `Some("")`.
    fn variable(&self, name: &str) -> Option<String>;
    /// The names in a directory that begin so, in the order of the alphabet and so many at most.
    fn names(&self, directory: &Path, beginning: &str, most: usize) -> Vec<String>;
}

/// What is asked of a project file.
pub struct Question<'q> {
    /// The stage that is asked for: `--stage`, else `CREDENV_STAGE`; it wins over every default.
    pub stage: Option<&'q str>,
    /// The machine.
    pub world: &'q dyn World,
}

/// A format of project files.
#[derive(Debug)]
pub struct Format {
    /// Its name in `project --json`.
    pub name: &'static str,
    /// The names its files have, the preferred first; one may stand in a directory of its own.
    pub files: &'static [&'static str],
    /// Whether a file could ask for anything at all, by its bytes: it is not parsed for this. None where every file is
    /// ours to ask about; the files of other tools often have nothing to say to us, and then nobody is to be bothered.
    pub matters: Option<fn(&Path, &dyn World) -> bool>,
    /// Whether its program reads `AWS_<STAGE>_PROFILE`.
    pub stage_variables: bool,
    /// Reads the text of such a file; the path is absolute.
    pub read: fn(&[u8], &Path, &Question<'_>) -> Result<Binding>,
}

/// Every format, in the order in which they count in one directory: ours, then the programs that deploy, the most
/// talkative about identities first, then files of one line.
pub static FORMATS: &[Format] = &[
    Format {
        name: credenv_file::NAME,
        files: &[credenv_file::FILE],
        matters: None,
        stage_variables: true,
        read: credenv_file::read,
    },
    serverless::FORMAT,
    sam::FORMAT,
    cdk::FORMAT,
    pulumi::FORMAT,
    zappa::FORMAT,
    chalice::FORMAT,
    elastic_beanstalk::FORMAT,
    aws_profile::FORMAT,
];

/// The names of all project files, in the order of [`FORMATS`].
pub fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().flat_map(|format| format.files).copied()
}

/// Whether the program of a format reads `AWS_<STAGE>_PROFILE`.
#[must_use]
pub fn has_stage_variables(format: &str) -> bool {
    FORMATS.iter().any(|known| known.name == format && known.stage_variables)
}

/// Names under which the Serverless Framework finds code instead of data: they are named to the person, never run.
pub const CODE_FILES: &[&str] = &["serverless.js", "serverless.mjs", "serverless.cjs", "serverless.ts"];

/// Whether the bytes of a file hold one of these words. What cannot be read, or is too large, may hold them.
fn mentions(path: &Path, world: &dyn World, words: &[&str]) -> bool {
    let holds = |text: &[u8]| words.iter().any(|word| contains(text, word.as_bytes()));
    match world.read(path) {
        Ok(text) => text.is_some_and(|text| holds(&text)),
        Err(_) => true,
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A machine on which every file has the same text, and every directory the same names.
    struct Everywhere(Vec<u8>);

    impl World for Everywhere {
        fn read(&self, _path: &Path) -> Result<Option<Vec<u8>>> {
            Ok(Some(self.0.clone()))
        }

        fn real_path(&self, path: &Path) -> Option<PathBuf> {
            Some(path.to_owned())
        }

        fn variable(&self, _name: &str) -> Option<String> {
            None
        }

        fn names(&self, _directory: &Path, beginning: &str, _most: usize) -> Vec<String> {
            ["dev.yaml", "prod.json", ".yaml", "yaml"].map(|name| format!("{beginning}{name}")).into()
        }
    }

    /// Text that looks like what the programs write, and bytes that do not.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let words = "profile|profile_name|region|aws:profile|version|default|global|deploy|parameters|stages|extends|dev|\
                     config|branch-defaults|name|0\\.1|true|~|\"|'|:|=|\\.|,|\\{|\\}|\\[|\\]|<<|&a|\\*a| |  |\n|\t|#|é|x";
        let written = prop::collection::vec(words, 0..60).prop_map(|words: Vec<String>| words.concat().into_bytes());
        prop_oneof![3 => written, 1 => prop::collection::vec(any::<u8>(), 0..200)]
    }

    proptest! {
        #[test]
        fn no_text_is_too_much_for_a_format(text in text(), stage in prop::option::of("[a-z]{0,4}")) {
            let world = Everywhere(text.clone());
            for format in FORMATS {
                for file in format.files {
                    let path = Path::new("/p").join(file);
                    let _ = format.matters.map(|matters| matters(&path, &world));
                    let read = (format.read)(&text, &path, &Question { stage: stage.as_deref(), world: &world });
                    if let Ok(binding) = read {
                        prop_assert_eq!(&binding.file, &path);
                        prop_assert_eq!(binding.format, format.name);
                        let named = binding.answer.asked.profile.map(|said| said.text);
                        prop_assert!(named.is_none_or(|name| !name.is_empty()));
                    }
                }
            }
        }
    }

    /// A machine with these files and nothing else.
    struct Only<'f>(&'f [(&'f str, &'f str)]);

    impl World for Only<'_> {
        fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
            let found = self.0.iter().find(|(known, _)| Path::new(known) == path);
            Ok(found.map(|(_, text)| text.as_bytes().to_vec()))
        }

        fn real_path(&self, path: &Path) -> Option<PathBuf> {
            if let Ok(below) = path.strip_prefix("/link") {
                return Some(Path::new("/p").join(below));
            }
            self.0.iter().any(|(known, _)| Path::new(known) == path).then(|| path.to_owned())
        }

        fn variable(&self, name: &str) -> Option<String> {
            match name {
                "HOME" => Some("/home".to_owned()),
                "PULUMI_HOME" => Some(String::new()),
                _ => None,
            }
        }

        fn names(&self, directory: &Path, beginning: &str, _most: usize) -> Vec<String> {
            let names = self.0.iter().filter_map(|(known, _)| Path::new(known).strip_prefix(directory).ok()?.to_str());
            names.filter(|name| name.starts_with(beginning)).map(str::to_owned).collect()
        }
    }

    fn format(name: &str) -> &'static Format {
        FORMATS.iter().find(|format| format.name == name).unwrap()
    }

    /// By the key that was asked for, and not by the one that is wrong.
    #[test]
    fn stages_of_zappa_that_extend_one_another_in_a_loop_leave_profile_and_region_open() {
        let text = br#"{"dev": {"extends": "qa"}, "qa": {"extends": "dev"}}"#;
        let question = Question { stage: Some("dev"), world: &Only(&[]) };
        let read = format("zappa").read;
        let binding = read(text, Path::new("/p/zappa_settings.json"), &question).unwrap();
        let keys: Vec<_> = binding.answer.unresolved.iter().map(|open| open.key.as_str()).collect();
        assert_eq!(keys, ["dev.profile_name", "dev.aws_region"]);
    }

    /// Nobody is asked to trust a file that says nothing of who they are.
    #[test]
    fn a_file_matters_where_it_or_what_belongs_to_it_may_name_a_profile() {
        let branches = "/p/.elasticbeanstalk/config.yml";
        let shared = "/p/.elasticbeanstalk/config.global.yml";
        for (name, file, files, expected) in [
            ("sam", "/p/samconfig.toml", &[("/p/samconfig.toml", "version = 0.1")][..], false),
            ("sam", "/p/samconfig.toml", &[("/p/samconfig.toml", "[default.deploy.parameters]\nprofile = 'a'")], true),
            ("cdk", "/p/cdk.json", &[("/p/cdk.json", "{\"app\": \"x\"}")], false),
            ("cdk", "/p/cdk.json", &[("/p/cdk.json", "{\"profile\": \"x\"}")], true),
            ("zappa", "/p/zappa_settings.json", &[("/p/zappa_settings.json", "{\"dev\": {}}")], false),
            (
                "zappa",
                "/p/zappa_settings.json",
                &[("/p/zappa_settings.json", "{\"dev\": {\"profile_name\": \"a\"}}")],
                true,
            ),
            ("chalice", "/p/.chalice/config.json", &[("/p/.chalice/config.json", "{\"app_name\": \"x\"}")], false),
            ("chalice", "/p/.chalice/config.json", &[("/p/.chalice/config.json", "{\"profile\": \"x\"}")], true),
            ("pulumi", "/p/Pulumi.yaml", &[("/p/Pulumi.yaml", "name: x")], false),
            ("pulumi", "/p/Pulumi.yaml", &[("/p/Pulumi.yaml", "name: x"), ("/p/Pulumi.dev.yaml", "config: {}")], false),
            ("pulumi", "/p/Pulumi.yaml", &[("/p/Pulumi.yaml", "config: {aws:profile: a}")], true),
            (
                "pulumi",
                "/p/Pulumi.yaml",
                &[("/p/Pulumi.yaml", "name: x"), ("/p/Pulumi.dev.yaml", "config: {aws:region: a}")],
                true,
            ),
            ("elastic-beanstalk", branches, &[(branches, "global: {sc: git}"), (shared, "global: {}")], false),
            ("elastic-beanstalk", branches, &[(branches, "global: {profile: a}")], true),
            ("elastic-beanstalk", branches, &[(branches, "global: {sc: git}"), (shared, "global: {profile: a}")], true),
            ("aws-profile", "/p/.aws-profile", &[("/p/.aws-profile", " \n\n")], false),
            ("aws-profile", "/p/.aws-profile", &[("/p/.aws-profile", "a\n")], true),
        ] {
            let matters = format(name).matters.unwrap();
            assert_eq!(matters(Path::new(file), &Only(files)), expected, "{name} {files:?}");
        }
    }

    #[test]
    fn a_branch_that_both_files_name_is_one_stage() {
        let file = Path::new("/p/.elasticbeanstalk/config.yml");
        let text = "branch-defaults: {dev: {profile: a}, main: {environment: e}}";
        let world = Only(&[(
            "/p/.elasticbeanstalk/config.global.yml",
            "branch-defaults: {dev: {profile: b}, qa: {default_region: r}}",
        )]);
        let read = format("elastic-beanstalk").read;
        let binding = read(text.as_bytes(), file, &Question { stage: None, world: &world }).unwrap();
        assert_eq!(binding.stages.iter().map(|(stage, _)| stage.as_str()).collect::<Vec<_>>(), ["dev", "qa"]);
    }

    #[test]
    fn a_stack_whose_file_is_damaged_is_left_open() {
        let world = Only(&[("/p/Pulumi.yaml", "name: x"), ("/p/Pulumi.dev.yaml", "config: [")]);
        let question = Question { stage: Some("dev"), world: &world };
        let binding = (format("pulumi").read)(b"name: x", Path::new("/p/Pulumi.yaml"), &question).unwrap();
        let open = &binding.answer.unresolved[0];
        let file = Path::new("/p").join("Pulumi.dev.yaml").display().to_string();
        assert_eq!((open.key.as_str(), open.origin.to_string()), ("aws:profile", format!("{file}:1")));
        assert!(open.reason.starts_with(&format!("cannot read `{file}:")), "{}", open.reason);
    }

    #[test]
    fn the_stack_that_was_selected_is_found_by_the_name_and_the_path_of_the_project() {
        let hash = |path: &Path| sha1_smol::Sha1::from(path.to_str().unwrap()).digest().to_string();
        let selected = |name: &str, hash: &str, file: &Path| {
            let settings = format!("/home/.pulumi/workspaces/{}-{hash}-workspace.json", name.replace('/', ""));
            let text = format!("name: {name}");
            let world = Only(&[(&settings, "{\"stack\": \"me/x/dev\"}"), ("/p/Pulumi.yaml", &text)]);
            let question = Question { stage: None, world: &world };
            (format("pulumi").read)(text.as_bytes(), file, &question).unwrap().selected
        };
        let in_directory = |directory: &str| Path::new(directory).join("Pulumi.yaml");
        let (file, link) = (&in_directory("/p"), &in_directory("/link"));
        assert_eq!(selected("x", &hash(file), file).as_deref(), Some("dev"));
        assert_eq!(selected("x", &hash(file), link).as_deref(), Some("dev"));
        assert_eq!(selected("x", &hash(&in_directory("/q")), file), None);
        assert_eq!(selected("x/", &hash(file), file), None);
    }

    #[test]
    fn what_is_encrypted_is_left_open() {
        let stack = "config: {aws:profile: {secure: x}}";
        let world = Only(&[("/p/Pulumi.yaml", "name: x"), ("/p/Pulumi.dev.yaml", stack)]);
        let question = Question { stage: Some("dev"), world: &world };
        let binding = (format("pulumi").read)(b"name: x", Path::new("/p/Pulumi.yaml"), &question).unwrap();
        assert_eq!(binding.answer.unresolved[0].reason, "it is encrypted");
    }

    #[test]
    fn the_formats_are_known_by_the_names_of_their_files_and_some_read_variables_of_stages() {
        assert_eq!(names().next(), Some(".credenv.yml"));
        assert_eq!(names().count(), FORMATS.iter().map(|format| format.files.len()).sum::<usize>());
        let with_variables = FORMATS.iter().map(|format| format.name).filter(|name| has_stage_variables(name));
        assert_eq!(with_variables.collect::<Vec<_>>(), [credenv_file::NAME, "serverless"]);
    }

    #[test]
    fn sam_takes_no_file_without_a_version_that_is_a_fraction() {
        let read = |version: &str| {
            let text = format!("version = {version}\n[default.deploy.parameters]\nprofile = 'a'\n");
            let question = Question { stage: None, world: &Only(&[]) };
            (format("sam").read)(text.as_bytes(), Path::new("/p/samconfig.toml"), &question).is_ok()
        };
        assert_eq!([read("0.1"), read("1.0"), read("1"), read("'0.1'")], [true, true, false, false]);
    }

    #[test]
    fn a_file_of_one_line_names_a_profile_with_its_line() {
        let read = |text: &str| {
            let world = Only(&[]);
            let question = Question { stage: None, world: &world };
            let binding = (format("aws-profile").read)(text.as_bytes(), Path::new("/p/.aws-profile"), &question);
            binding.map(|binding| binding.answer.asked.profile.map(|said| (said.text, said.origin.line)))
        };
        assert_eq!(read("\n\n dev \n\n"), Ok(Some(("dev".to_owned(), 3))));
        assert_eq!(read("\n"), Ok(None));
        let told = |text: &str| read(text).unwrap_err().message().to_owned();
        assert_eq!(
            told("a\n\nb\n"),
            "cannot read `/p/.aws-profile:3`: such a file holds one profile name and nothing else"
        );
        assert_eq!(told("\na\u{7}\n"), "cannot read `/p/.aws-profile:2`: this cannot be the name of a profile");
    }

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        for (text, found) in
            [("", false), ("profil", false), ("profile", true), ("x: profile", true), ("PROFILE", false)]
        {
            assert_eq!(mentions(Path::new("/p"), &Everywhere(text.into()), &["nothing", "profile"]), found, "{text}");
        }
    }
}
