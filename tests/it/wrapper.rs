//! The function that `credenv init` defines: `credenv use X`, typed as it is, switches the shell, and all the rest is
//! as if the binary had been called.

use crate::support::{Ability, Home, Shell, Story, Told, quoted};

fn home() -> Home {
    Home::new()
        .config("[profile dev]\nregion = eu-west-1\n[profile prod]\nregion = us-east-1\n")
        .directory("empty")
        .file("empty/one file", "")
}

const NO_SUCH_PROFILE: &str = "credenv: no profile named `nope`\n  looked in [HOME]/.aws/config\n  looked for \
                               [HOME]/.aws/credentials, which does not exist\n  hint: `credenv list` shows your \
                               profiles\n";

const USAGE: &str = "credenv: `--region <REGION>` needs a value\n  hint: `credenv use --help` shows what it takes\n";

/// The profile in the environment noted under that label.
fn profile(told: &Told, label: &str) -> Option<String> {
    told.env(label).get("AWS_PROFILE").map(|name| String::from_utf8(name.to_vec()).unwrap())
}

fn typed_use_and_off_switch_the_shell(shell: &Shell) {
    let home = home();
    let told = Story::new(shell, &home)
        .init()
        .dump("first")
        .say("credenv use dev")
        .status("dev")
        .dump("dev")
        .say("credenv use prod --region eu-north-1")
        .dump("prod")
        .say("credenv use -")
        .dump("back")
        .variables("in use")
        .say("credenv off")
        .status("off")
        .dump("last")
        .variables("last")
        .say("credenv off")
        .status("again")
        .stderr("credenv: nothing to undo in this shell\n")
        .play();
    assert_eq!((profile(&told, "dev").as_deref(), profile(&told, "prod").as_deref()), (Some("dev"), Some("prod")));
    assert_eq!(told.env("prod").get("AWS_REGION"), Some(&b"eu-north-1"[..]));
    told.env("back").stateless().must_be(&told.env("dev").stateless(), "after `use -`");
    told.env("last").must_be(&told.env("first"), "after `off`");
    assert_eq!((told.status("dev"), told.status("off"), told.status("again")), (0, 0, 0));
    assert_eq!((told.variables("in use"), told.variables("last")), (vec![], vec![]));
}
in_every_shell!(typed_use_and_off_switch_the_shell);

fn a_failing_use_keeps_status_and_words_and_changes_nothing(shell: &Shell) {
    let home = home();
    let told = Story::new(shell, &home)
        .init()
        .say("credenv use dev")
        .dump("dev")
        .say("credenv use nope")
        .status("nope")
        .dump("nope")
        .say("credenv use nope && echo deployed")
        .say("credenv use --region")
        .status("usage")
        .dump("last")
        .variables("last")
        .stderr(&[NO_SUCH_PROFILE, NO_SUCH_PROFILE, USAGE].concat())
        .play();
    assert_eq!((told.status("nope"), told.status("usage")), (1, 2));
    told.env("nope").must_be(&told.env("dev"), "after a failing `use`");
    told.env("last").must_be(&told.env("dev"), "after a usage error");
    assert_eq!(told.variables("last"), [""; 0]);
}
in_every_shell!(a_failing_use_keeps_status_and_words_and_changes_nothing);

fn help_is_shown_and_not_evaluated(shell: &Shell) {
    let home = home();
    let (help, _) = home.credenv(["use", "--help"]).any_stdout().check();
    assert!(help.starts_with("Switch this shell to a profile\n\nUsage: credenv use "), "{help}");
    let story = Story::new(shell, &home).init().dump("first").say("credenv use --help").status("help").dump("last");
    let told = story.stderr(&help).play();
    assert_eq!(told.status("help"), 0);
    told.env("last").must_be(&told.env("first"), "after `use --help`");
}
in_every_shell!(help_is_shown_and_not_evaluated);

fn every_other_command_passes_through(shell: &Shell) {
    let home = home();
    let told = Story::new(shell, &home)
        .inside("empty")
        .init()
        .say("credenv list")
        .status("list")
        .say("credenv exec dev -- printf '<%s>' 'a  b' '*' '' '$(touch X)' \"it's\"")
        .say("credenv exec prod -- sh -c 'echo; echo \"$AWS_PROFILE\"; cat; exit 7'")
        .status("exec")
        .say("credenv show nope")
        .status("show")
        .say("credenv 2>/dev/null")
        .status("nothing")
        .stdin("typed\n")
        .stdout("dev\nprod\n<a  b><*><><$(touch X)><it's>\nprod\ntyped\n")
        .stderr(NO_SUCH_PROFILE)
        .play();
    let statuses = ["list", "exec", "show", "nothing"].map(|label| told.status(label));
    assert_eq!(statuses, [0, 7, 1, 2]);
    assert_eq!(home.names_in("empty"), ["one file"]);
}
in_every_shell!(every_other_command_passes_through);

fn under_errexit_and_nounset_a_failing_use_ends_the_script_and_a_good_one_does_not(shell: &Shell) {
    let home = home();
    let story = Story::new(shell, &home).strict().init().init();
    let told = story
        .say("credenv use dev")
        .say("credenv use nope || credenv use prod")
        .dump("prod")
        .or_exit("credenv use nope")
        .dump("reached")
        .stderr(&[NO_SUCH_PROFILE, NO_SUCH_PROFILE].concat())
        .code(1)
        .play();
    assert_eq!(profile(&told, "prod").as_deref(), Some("prod"));
    assert!(!told.reached("reached"), "the script went on");
}
in_every_shell!(under_errexit_and_nounset_a_failing_use_ends_the_script_and_a_good_one_does_not);

/// An `IFS` of letters that stand in all our words, and options that change how words are read.
fn odd_settings_do_no_harm(shell: &Shell) {
    let odd: &[&str] = match shell.called {
        _ if !shell.can(Ability::PosixWords) => shell.language.odd_settings(),
        "zsh" => &[
            "IFS='use_c0'; setopt SH_WORD_SPLIT GLOB_SUBST KSH_ARRAYS NO_UNSET",
            "setopt WARN_CREATE_GLOBAL WARN_NESTED_VAR KSH_TYPESET ALL_EXPORT CSH_NULL_GLOB POSIX_BUILTINS",
            "emulate ksh",
        ],
        "bash" => &["IFS='use_c0'", "set -a; shopt -s nullglob failglob extglob", "set -o noclobber; CDPATH=/"],
        "ksh" => &["IFS='use_c0'", "set -a; eval \"$(echo true)\"", "set -o noclobber"],
        _ => &["IFS='use_c0'", "set -a", "set -C"],
    };
    for odd in odd {
        let home = home();
        let told = Story::new(shell, &home)
            .own(odd)
            .init()
            .dump("first")
            .say("credenv use dev")
            .status("dev")
            .dump("dev")
            .say("credenv exec dev -- printf '<%s>' 'u s e' ")
            .say("credenv off")
            .dump("last")
            .stdout("<u s e>")
            .play();
        assert_eq!((told.status("dev"), profile(&told, "dev").as_deref()), (0, Some("dev")), "{odd}");
        told.env("last").must_be(&told.env("first"), odd);
    }
}
in_every_shell!(odd_settings_do_no_harm);

fn aliases_that_stood_there_before_do_no_harm(shell: &Shell) {
    if shell.can(Ability::PosixWords) {
        let home = home();
        let expand = if shell.called == "bash" { "shopt -s expand_aliases" } else { "true" };
        let words = ["eval", "return", "shift", "printf", "unalias", "local", "typeset", "true", "builtin", "exec"];
        let aliases = words.map(|word| format!("alias {word}='echo alias-of-{word}'\n")).concat();
        let told = Story::new(shell, &home)
            .own(expand)
            .own("alias credenv='command credenv'")
            .say(&format!("credenv init {} >../hook", shell.called))
            .own(&aliases)
            .own(". ../hook")
            .say("credenv use dev")
            .dump("dev")
            .say("credenv off")
            .dump("last")
            .inside("empty")
            .play();
        assert_eq!(profile(&told, "dev").as_deref(), Some("dev"));
        assert_eq!(profile(&told, "last"), None);
    }
}
in_every_shell!(aliases_that_stood_there_before_do_no_harm);

/// With the function in place, `$(credenv use X)` calls it in a subshell, where a switch would be lost in silence.
fn the_form_with_eval_switches_also_with_the_integration_loaded(shell: &Shell) {
    for form in [0, 1] {
        let home = home();
        let told = Story::new(shell, &home)
            .init()
            .dump("first")
            .eval_in_form(form, "use dev")
            .status("dev")
            .dump("dev")
            .eval("use prod")
            .dump("prod")
            .eval_in_form_and(form, "use nope", "echo deployed")
            .status("nope")
            .eval_in_form(form, "off")
            .dump("last")
            .stderr(NO_SUCH_PROFILE)
            .play();
        assert_eq!((profile(&told, "dev").as_deref(), profile(&told, "prod").as_deref()), (Some("dev"), Some("prod")));
        assert_eq!((told.status("dev"), told.status("nope")), (0, 1));
        told.env("last").must_be(&told.env("first"), "after `off`");
    }
}
in_every_shell!(the_form_with_eval_switches_also_with_the_integration_loaded);

fn in_a_subshell_it_switches_the_subshell(shell: &Shell) {
    if shell.can(Ability::PosixWords) {
        let home = home();
        let told = Story::new(shell, &home)
            .init()
            .dump("first")
            .own("(credenv use dev; /usr/bin/env -0 >$HOME/../subshell.env) >output")
            .dump("last")
            .play();
        // ksh93 cannot tell it from a `$(…)`, and prints for the shell around it.
        assert!(shell.name == "ksh" || home.read("output").is_empty());
        assert_eq!(profile(&told, "subshell").as_deref(), Some("dev"));
        told.env("last").must_be(&told.env("first"), "outside");
    }
}
in_every_shell!(in_a_subshell_it_switches_the_subshell);

/// The path of the binary goes into the function, quoted for the shell.
fn the_binary_may_lie_anywhere(shell: &Shell) {
    let home = home();
    let odd = "a b'c\"d$(touch X)`touch X`\\*ä";
    home.link_binary(odd);
    let path = home.path(odd).into_os_string().into_string().unwrap();
    let binary = quoted(&format!("{path}/credenv"));
    let story = Story::new(shell, &home).inside("empty");
    let story = if shell.called == "nu" {
        // It reads all of a script before it runs any of it.
        story.own(&shell.load_from(&home, &binary)).say("export PATH=/nowhere")
    } else {
        story.say(&format!("{binary} init {} >../hook", shell.called)).say("export PATH=/nowhere").source("../hook")
    };
    let told = story.say("credenv use dev").dump("dev").say("credenv list").stdout("dev\nprod\n").play();
    assert_eq!(profile(&told, "dev").as_deref(), Some("dev"));
    assert_eq!(home.names_in("empty"), ["one file"], "something in the path was executed");
}
in_every_shell!(the_binary_may_lie_anywhere);

/// A person may lock a variable on purpose. Some shells leave the script for it, some the switch, and two go on.
fn a_locked_profile_is_no_switch_and_what_follows_does_not_run(shell: &Shell) {
    if !shell.can(Ability::PosixWords) {
        return;
    }
    let home = home();
    let script = format!(
        "readonly AWS_PROFILE=locked; eval \"$(credenv init {})\"; credenv use prod && echo \"deployed to $AWS_PROFILE\"",
        shell.called
    );
    let arguments = shell.command[1..].iter().copied().chain(["-c", &script]);
    let (stdout, stderr) = home.run(shell.command[0], arguments).any_stdout().any_stderr().any_code_but_a_bug().check();
    assert_eq!(stdout, "");
    assert!(stderr.contains("AWS_PROFILE"), "{stderr}");
}
in_every_shell!(a_locked_profile_is_no_switch_and_what_follows_does_not_run);

#[test]
fn another_dialect_is_not_evaluated() {
    for flag in [&["--shell", "json"][..], &["--shell=json"]] {
        home()
            .credenv([&["use", "--wrapper", "--shell", "bash", "dev"], flag].concat())
            .stdout("false;\n")
            .stderr(
                "credenv: `--shell` prints for another program, but here `credenv` is the function that switches this shell\n  hint: `command credenv` \
                 instead of `credenv` prints it\n",
            )
            .code(2)
            .check();
    }
}
