//! What only tcsh has: an alias for a function, two kinds of variables, a start-up file that scripts read as well.

use crate::support::{Home, Session, Shell, Story};

const CONFIG: &str = "[profile dev]\nregion = eu-west-1\n[profile prod]\n[profile \"x y\"]\n";

fn home() -> Home {
    let home = Home::new().config(CONFIG).file("project/.credenv.yml", "profile: prod\n");
    home.credenv(["allow", "project/.credenv.yml"]).any_stdout().check();
    home
}

const NO_SUCH_PROFILE: &str = "credenv: no profile named `nope`\n  looked in [HOME]/.aws/config\n  looked for \
                               [HOME]/.aws/credentials, which does not exist\n  hint: `credenv list` shows \
                               your profiles\n";

#[test]
fn what_stands_behind_the_alias_is_read_as_behind_a_command() {
    Shell::test("tcsh", |shell| {
        let home = home();
        let told = Story::new(shell, &home)
            .init()
            .own("credenv use dev > out && echo one")
            .own("credenv use prod >& out || echo wrong; echo two")
            .own("credenv use nope >& err && echo wrong")
            .own("credenv use 'x y' | cat >> out")
            .dump("prod")
            .own("set words = (use 'x y'); credenv $words:q --region 'a  b'")
            .dump("x y")
            .own("credenv list | tr a-z A-Z; credenv list > out; cat out")
            .own("foreach name (dev prod)\ncredenv use $name\nend")
            .own(
                "if ( 1 ) then\ncredenv exec dev -- printf '<%s>' '' \"a  b\" \\! \\* 'it'\\''s' '`' $HOME:t ''\nendif",
            )
            .own("echo; echo typed | credenv exec prod -- cat; ( credenv use dev; echo $AWS_PROFILE ) > out; cat out")
            .dump("last")
            .stdout("one\ntwo\nDEV\nPROD\nX Y\ndev\nprod\nx y\n<><a  b><!><*><it's><`><home><>\ntyped\ndev\n")
            .play();
        assert_eq!(String::from_utf8_lossy(&home.read("err")), home_of(&home, NO_SUCH_PROFILE));
        assert_eq!(told.env("prod").get("AWS_PROFILE"), Some(&b"prod"[..]), "a pipe is another process");
        assert_eq!(told.env("x y").get("AWS_PROFILE"), Some(&b"x y"[..]));
        assert_eq!(told.env("x y").get("AWS_REGION"), Some(&b"a  b"[..]));
        assert_eq!(told.env("last").get("AWS_PROFILE"), Some(&b"prod"[..]));
    });
}

fn home_of(home: &Home, text: &str) -> String {
    text.replace("[HOME]", home.path("").to_str().unwrap().trim_end_matches('/'))
}

/// `-e` is an argument of the shell, and no setting.
#[test]
fn a_shell_that_ends_at_a_failing_command_ends_at_a_failing_use_and_at_no_other() {
    Shell::test("tcsh", |shell| {
        for integrated in [true, false] {
            let home = home();
            let story = Story::new(shell, &home).started_as(&["tcsh", "-ef"]);
            let story = if integrated { story.init().init() } else { story };
            let line = |name| {
                if integrated { format!("credenv use {name}") } else { format!("eval \"`credenv use {name}`\"") }
            };
            let story = story.own(&line("dev")).dump("dev").own(&line("nope")).dump("reached");
            let told = story.stderr(NO_SUCH_PROFILE).code(1).play();
            assert_eq!(told.env("dev").get("AWS_PROFILE"), Some(&b"dev"[..]));
            assert!(!told.reached("reached"), "the script went on");
        }
    });
}

#[test]
fn a_script_that_reads_the_start_up_file_follows_no_project_and_can_be_told_to_switch() {
    Shell::test("tcsh", |shell| {
        let home = home().file(".tcshrc", "eval \"`credenv init tcsh`\"\n");
        let told = Story::new(shell, &home)
            .started_as(&["tcsh"])
            .own("cd project")
            .dump("project")
            .own("credenv use dev")
            .dump("dev")
            .own("cd ..; credenv off")
            .dump("off")
            .play();
        assert_eq!(told.env("project").get("AWS_PROFILE"), None);
        assert_eq!(told.env("dev").get("AWS_PROFILE"), Some(&b"dev"[..]));
        assert_eq!(told.env("off").get("AWS_PROFILE"), None);
    });
}

/// A variable of the shell hides one of the environment: what programs see is what is set aside and given back.
#[test]
fn of_two_variables_of_one_name_that_of_the_environment_is_set_aside() {
    Shell::test("tcsh", |shell| {
        for integrated in [true, false] {
            let home = home().env("AWS_SECRET_ACCESS_KEY", "in the environment").env("AWS_SESSION_TOKEN", "both");
            let story = Story::new(shell, &home);
            let story = if integrated { story.init() } else { story };
            let told = story
                .own("set AWS_SECRET_ACCESS_KEY = 'in the shell' AWS_SESSION_TOKEN = both")
                .dump("first")
                .eval("use dev")
                .dump("dev")
                .own("echo $AWS_SECRET_ACCESS_KEY")
                .eval("off")
                .dump("last")
                .own("echo $AWS_SECRET_ACCESS_KEY; unset AWS_SECRET_ACCESS_KEY; echo $AWS_SECRET_ACCESS_KEY")
                .stdout("in the shell\nin the shell\nin the environment\n")
                .play();
            assert_eq!(told.env("dev").get("AWS_SECRET_ACCESS_KEY"), None);
            told.env("last").must_be(&told.env("first"), "after `off`");
        }
    });
}

/// Whoever sweeps the state away takes the file of the hook with it.
#[test]
fn without_the_file_of_the_hook_the_prompt_comes_and_a_new_shell_has_it_again() {
    Shell::test("tcsh", |shell| {
        let home = home();
        let Some(mut prompt) = Session::of(shell, &home).before("alias precmd 'echo mine'").start() else { return };
        home.remove(".local/state/credenv/hook");
        assert_eq!(prompt.line("cd project"), "mine\n");
        assert_eq!(prompt.line(""), "mine\n");
        let shown = prompt.line("credenv use dev");
        assert!(shown.contains("/hook/") && shown.ends_with("No such file or directory.\nmine\n"), "{shown}");
        let mut another = Session::of(shell, &home).start().unwrap();
        assert_eq!(another.line("cd project"), "credenv: prod ← .credenv.yml:1\n");
    });
}
