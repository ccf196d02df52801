//! Whether the integration is loaded and still called, in the real shells, and whether one credenv is all there is.

use std::path::Path;

use credenv::shells;

use super::{GOOD_CONFIG, GOOD_CREDENTIALS, sealed};
use crate::support::{CREDENV, Home, Prompt, Session, Shell, Story, is_missing, process_variable, quoted};

fn home() -> Home {
    // The shells need what lies in `PATH`, but of the AWS CLI only the answer counts: it takes half a second of its own.
    let home = Home::new().config(GOOD_CONFIG).credentials(GOOD_CREDENTIALS).mode(".aws/credentials", 0o600);
    let home = home.file("tools/aws", "#!/bin/sh\necho aws-cli/2.9.19\n").mode("tools/aws", 0o755);
    let machine = process_variable("PATH").unwrap_or_default();
    let credenv = Path::new(CREDENV).parent().unwrap().display();
    let path = format!("{}:{credenv}:{machine}", home.path("tools").display());
    home.env("PATH", path)
}

/// What is told at a prompt, but for the programs that are found.
fn told(prompt: &mut Prompt<'_>) -> String {
    let shown = prompt.line("credenv doctor");
    shown.lines().filter(|line| !line.starts_with("found ")).fold(String::new(), |all, line| all + line + "\n")
}

const SOUND: &str = "no problems found in ~/.aws/config and ~/.aws/credentials\n";

fn the_integration_is_found_where_it_is_loaded(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    assert_eq!(told(&mut prompt), SOUND);
    prompt.line("credenv use dev 2>/dev/null");
    assert_eq!(told(&mut prompt), SOUND);
}
at_every_prompt!(the_integration_is_found_where_it_is_loaded);

/// Options and names of the person's own make no difference.
fn nothing_of_the_persons_gets_in_the_way(shell: &Shell) {
    let home = home();
    let stale = shell.language.say("export CREDENV_HOOK=stale");
    let before = shell.either("set -u; IFS=_:; CREDENV_HOOK=stale", &stale);
    let Some(mut prompt) = Session::of(shell, &home).before(before).start() else { return };
    assert_eq!(told(&mut prompt), SOUND);
    assert_eq!(prompt.line("echo \"$CREDENV_HOOK\""), "stale\n");
}
at_every_prompt!(nothing_of_the_persons_gets_in_the_way);

/// What takes the integration its place in that shell, what is said of the place, and where the line that loads it
/// belongs.
fn taken(shell: &Shell) -> (&'static str, &'static str, &'static str) {
    match shell.called {
        "bash" => ("PROMPT_COMMAND='echo -n'", "PROMPT_COMMAND", "~/.bashrc"),
        "zsh" => ("precmd_functions=()", "precmd_functions", "~/.zshrc"),
        "ksh" => ("PS1='[prompt]'", "PS1", "~/.kshrc"),
        "mksh" => ("PS1='[prompt]'", "PS1", "~/.mkshrc"),
        "yash" => ("PROMPT_COMMAND=:", "PROMPT_COMMAND", "~/.yashrc"),
        "xonsh" => ("events.on_pre_prompt.clear()", "events.on_pre_prompt", "~/.xonshrc"),
        "powershell" => ("function prompt { '[pro' + 'mpt]' }", "prompt", "the file that `$PROFILE` names"),
        "tcsh" => ("alias precmd true", "precmd", "~/.tcshrc"),
        "nu" => (
            "$env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt | last 1)",
            "$env.config.hooks.pre_prompt",
            "",
        ),
        "elvish" => ("set after-chdir = []", "after-chdir", "~/.config/elvish/rc.elv"),
        "fish" => ("functions --erase __credenv_check", "fish_prompt", "~/.config/fish/config.fish"),
        _ => ("cd() { command cd \"$@\"; }", "cd", "the file that `ENV` names"),
    }
}

fn line_of(shell: &Shell) -> &'static str {
    shell.dialect().integration().unwrap().line
}

fn an_integration_that_is_no_longer_called_is_told(shell: &Shell) {
    let (takes, place, belongs) = taken(shell);
    let (name, line) = (shell.called, line_of(shell));
    let home = home();
    // fish reads its start-up file from home in any case; the others are started with one that lies elsewhere.
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    assert_eq!(told(&mut prompt), SOUND);
    prompt.own(takes);
    let begins = format!("problem: the {name} integration is loaded, but no longer called: ");
    let remedy = match name {
        "nu" => format!("  remedy: let whatever sets `{place}` add to it instead\n"),
        _ => format!("  remedy: move `{line}` below whatever sets `{place}`, in {belongs}\n"),
    };
    let counts = "1 problem and 0 notes; looked at ~/.aws/config and ~/.aws/credentials\n";
    assert_eq!(told(&mut prompt), format!("{begins}something replaced `{place}`\n{remedy}{counts}"));
}
at_every_prompt!(an_integration_that_is_no_longer_called_is_told);

/// Where a start-up file shows who it was, its line is named.
fn the_line_that_took_its_place_is_told(shell: &Shell) {
    let (takes, place, belongs) = taken(shell);
    let file = match shell.called {
        "sh" => ".profile",
        _ => belongs.strip_prefix("~/").unwrap(),
    };
    let home = home().file(file, format!("# credenv init\n{takes}\n  {}\n{takes}\n", line_of(shell)));
    let Some(mut prompt) = Session::of(shell, &home).after(takes).start() else { return };
    let shown = told(&mut prompt);
    let begins = format!("problem: the {} integration is loaded, but no longer called: ", shell.called);
    let at = format!("{begins}this line replaces `{place}`\n  at ~/{file}:4\n  remedy: ");
    assert!(shown.starts_with(&at), "{shown}");
}
in_every_shell!(the_line_that_took_its_place_is_told: bash ksh mksh yash dash);

/// Of each shell: what it calls of ours, a variable that says where its start-up files are, and these files.
const READ: [(&str, &str, &str, &[&str]); 21] = [
    ("bash", "__credenv_prompt", "", &[".bashrc", ".bash_profile", ".bash_login", ".profile"]),
    ("zsh", "__credenv_prompt", "", &[".zshenv", ".zprofile", ".zshrc", ".zlogin"]),
    ("zsh", "__credenv_prompt", "ZDOTDIR=z", &["z/.zshenv", "z/.zprofile", "z/.zshrc", "z/.zlogin"]),
    ("fish", "__credenv_check", "", &[".config/fish/config.fish", ".config/fish/conf.d/aws.fish"]),
    ("fish", "__credenv_check", "XDG_CONFIG_HOME=c", &["c/fish/config.fish", "c/fish/conf.d/aws.fish"]),
    ("sh", "__credenv_moved", "", &[".profile"]),
    ("sh", "__credenv_moved", "ENV=.shrc", &[".shrc"]),
    ("ksh", "__credenv_prompt", "", &[".profile", ".kshrc"]),
    ("ksh", "__credenv_prompt", "ENV=.shrc", &[".shrc"]),
    ("mksh", "__credenv_prompt", "", &[".profile", ".mkshrc"]),
    ("mksh", "__credenv_prompt", "ENV=.shrc", &[".shrc"]),
    ("yash", "__credenv_prompt", "", &[".yash_profile", ".yashrc"]),
    ("tcsh", "__credenv_check", "", &[".tcshrc", ".cshrc", ".login"]),
    ("elvish", "__credenv_moved", "", &[".config/elvish/rc.elv"]),
    ("elvish", "__credenv_moved", "XDG_CONFIG_HOME=c", &["c/elvish/rc.elv"]),
    ("xonsh", "__credenv_follow", "", &[".xonshrc", ".config/xonsh/rc.xsh", ".config/xonsh/rc.d/aws.xsh"]),
    ("xonsh", "__credenv_follow", "XDG_CONFIG_HOME=c", &[".xonshrc", "c/xonsh/rc.xsh", "c/xonsh/rc.d/aws.xsh"]),
    ("xonsh", "__credenv_follow", "XONSHRC=a.xsh", &["a.xsh"]),
    ("nu", "__credenv_prompt", "", &[".config/nushell/config.nu", ".config/nushell/autoload/aws.nu"]),
    (
        "powershell",
        "__credenv_hook",
        "",
        &[
            ".config/powershell/profile.ps1",
            ".config/powershell/Microsoft.PowerShell_profile.ps1",
            "Documents/PowerShell/profile.ps1",
            "Documents/PowerShell/Microsoft.PowerShell_profile.ps1",
            "Documents/WindowsPowerShell/profile.ps1",
            "Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1",
        ],
    ),
    ("powershell", "__credenv_hook", "XDG_CONFIG_HOME=c", &["c/powershell/Microsoft.PowerShell_profile.ps1"]),
];

#[test]
fn our_line_is_found_in_every_file_that_the_shell_reads() {
    for (shell, function, variable, files) in READ {
        for file in files {
            let home = sealed().file(file, format!("credenv init {shell}\n").repeat(2));
            let home = home.env("CREDENV_HOOK", format!("{shell}:++:{function}"));
            let home = match variable.split_once('=') {
                Some((name, path)) => {
                    let path = home.path(path);
                    home.env(name, path.to_str().unwrap())
                }
                None => home,
            };
            let (told, _) = home.credenv(["doctor"]).any_stdout().check();
            let at = format!("loaded twice, here and at ~/{file}:1\n  at ~/{file}:2\n");
            assert!(told.starts_with(&format!("note: the shell integration is {at}")), "{shell}, {file}: {told}");
        }
    }
}

/// What a start-up file may do to the place from where each shell calls us: the place, the file, and where our line belongs.
const TAKEN: [(&str, &str, &str, &str, &[&str]); 10] = [
    (
        "bash",
        "PROMPT_COMMAND",
        ".bashrc",
        "~/.bashrc",
        &["PROMPT_COMMAND=:", "export PROMPT_COMMAND=:", "declare PROMPT_COMMAND=:"],
    ),
    (
        "zsh",
        "precmd_functions",
        ".zshrc",
        "~/.zshrc",
        &["precmd_functions=()", "export precmd_functions=()", "typeset -ga precmd_functions=()"],
    ),
    ("sh", "cd", ".profile", "the file that `ENV` names", &["cd() { :; }", "cd () { :; }"]),
    ("ksh", "PS1", ".kshrc", "~/.kshrc", &["PS1='$ '", "export PS1='$ '"]),
    ("mksh", "PS1", ".mkshrc", "~/.mkshrc", &["PS1='$ '", "export PS1='$ '"]),
    ("yash", "PROMPT_COMMAND", ".yashrc", "~/.yashrc", &["PROMPT_COMMAND=:", "export PROMPT_COMMAND=:"]),
    ("tcsh", "precmd", ".tcshrc", "~/.tcshrc", &["alias precmd true", "unalias precmd"]),
    ("elvish", "after-chdir", ".config/elvish/rc.elv", "~/.config/elvish/rc.elv", &["set after-chdir = []"]),
    ("xonsh", "events.on_pre_prompt", ".xonshrc", "~/.xonshrc", &["events.on_pre_prompt.clear()"]),
    (
        "powershell",
        "prompt",
        ".config/powershell/Microsoft.PowerShell_profile.ps1",
        "the file that `$PROFILE` names",
        &["function prompt { '> ' }", "function global:prompt { '> ' }"],
    ),
];

#[test]
fn each_way_to_take_our_place_is_told_with_its_line() {
    for (shell, place, file, belongs, ways) in TAKEN {
        let line = shells::named(shell).unwrap().integration().unwrap().line;
        for way in ways {
            let home = sealed().env("CREDENV_HOOK", format!("{shell}:+:")).file(file, format!("{line}\n{way}\n"));
            let (told, _) = home.credenv(["doctor"]).any_stdout().code(1).check();
            let begins = format!("problem: the {shell} integration is loaded, but no longer called: ");
            let at = format!("this line replaces `{place}`\n  at ~/{file}:2\n");
            let remedy = format!("  remedy: move `{line}` below whatever sets `{place}`, in {belongs}\n");
            assert!(told.starts_with(&(begins + &at + &remedy)), "{way}: {told}");
        }
    }
}

/// Elsewhere a prompt is drawn behind all that is called.
#[test]
fn what_runs_before_ours_is_told_where_it_may_draw_the_prompt() {
    let told = |shell: &str, function: &str| {
        let home = sealed().env("CREDENV_HOOK", format!("{shell}:+:draws; {function}"));
        let (told, _) = home.credenv(["doctor"]).any_stdout().check();
        told.starts_with("note: `draws` runs before the shell integration: ")
    };
    let mut shells: Vec<_> =
        READ.iter().filter(|(shell, function, ..)| told(shell, function)).map(|row| row.0).collect();
    shells.dedup();
    assert_eq!(shells, ["bash", "zsh", "yash"]);
}

/// zsh says itself where its start-up files lie.
fn the_line_is_looked_for_where_zdotdir_leads(shell: &Shell) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).after("precmd_functions=()").start() else { return };
    let shown = told(&mut prompt);
    assert!(shown.contains("this line replaces `precmd_functions`\n  at ") && shown.contains("/.zshrc:3\n"), "{shown}");
}
in_every_shell!(the_line_is_looked_for_where_zdotdir_leads: zsh);

fn what_programs_do_to_the_prompt_of_bash(shell: &Shell) {
    let home = home();
    let with = |after: &str| Some(told(&mut Session::of(shell, &home).after(after).start()?));
    let vte = "__vte_prompt_command() { :; }; unset PROMPT_COMMAND; PROMPT_COMMAND=__vte_prompt_command";
    let Some(shown) = with(vte) else { return };
    let reason = "no longer called: a script that the terminal runs at start-up (vte.sh) replaced `PROMPT_COMMAND`";
    assert!(shown.contains(reason), "{shown}");
    // Visual Studio Code puts its own in front, and calls what was there.
    let code = "__vsc_prompt_cmd_original() { local all; for all in \"${__vsc_original_prompt_command[@]}\"; do eval \
                \"${all:-}\"; done; }; __vsc_original_prompt_command=(\"${PROMPT_COMMAND[@]}\"); unset PROMPT_COMMAND; \
                PROMPT_COMMAND=__vsc_prompt_cmd_original";
    assert_eq!(with(code).unwrap(), SOUND);
    let first = "draws() { :; }; PROMPT_COMMAND=(draws \"${PROMPT_COMMAND[@]}\")";
    assert_eq!(
        with(first).unwrap(),
        "note: `draws` runs before the shell integration: a prompt that it draws shows the previous profile\n  \
         remedy: move `eval \"$(credenv init bash)\"` below the line that loads it\n0 problems and 1 note; looked at \
         ~/.aws/config and ~/.aws/credentials\n"
    );
    // Behind ours, and elsewhere in line, there is nothing to be told.
    assert_eq!(with("draws() { :; }; PROMPT_COMMAND+=(draws)").unwrap(), SOUND);
    let twice = "PROMPT_COMMAND=(\"${PROMPT_COMMAND[@]}\" \"${PROMPT_COMMAND[@]}\")";
    assert_eq!(
        with(twice).unwrap(),
        "note: `PROMPT_COMMAND` calls the shell integration 2 times\n  remedy: remove all but one `__credenv_prompt` \
         from it\n0 problems and 1 note; looked at ~/.aws/config and ~/.aws/credentials\n"
    );
}
in_every_shell!(what_programs_do_to_the_prompt_of_bash: bash);

fn one_in_front_of_ours_is_told_in_zsh(shell: &Shell) {
    let home = home();
    let after = "draws() { :; }; precmd_functions=(draws $precmd_functions)";
    let Some(mut prompt) = Session::of(shell, &home).after(after).start() else { return };
    let shown = told(&mut prompt);
    assert!(shown.starts_with("note: `draws` runs before the shell integration: "), "{shown}");
}
in_every_shell!(one_in_front_of_ours_is_told_in_zsh: zsh);

fn an_integration_that_is_loaded_twice_is_told(shell: &Shell) {
    let line = line_of(shell);
    let twice = format!("{line}\n{line}\n");
    // A start-up file that is read again by hand is no second line.
    let home = home().file(".bashrc", format!("{line}\n"));
    let Some(mut prompt) = Session::of(shell, &home).loaded_by(&twice).start() else { return };
    assert_eq!(told(&mut prompt), SOUND);
    home.write(".profile", format!("x=1\n{line}\n"));
    assert_eq!(
        told(&mut prompt),
        "note: the shell integration is loaded twice, here and at ~/.bashrc:1\n  at ~/.profile:2\n  remedy: keep only \
         one of the lines\n0 problems and 1 note; looked at ~/.aws/config and ~/.aws/credentials\n"
    );
    // Two files that are not both read are right.
    let mut once = Session::of(shell, &home).start().unwrap();
    assert_eq!(told(&mut once), SOUND);
}
in_every_shell!(an_integration_that_is_loaded_twice_is_told: bash);

fn where_it_is_not_loaded_the_line_is_told_to_whoever_types(shell: &Shell) {
    let home = home();
    let (_, _, belongs) = taken(shell);
    let Some(mut prompt) = Session::of(shell, &home).loaded_by("").start() else { return };
    let counts = "0 problems and 1 note; looked at ~/.aws/config and ~/.aws/credentials\n";
    assert_eq!(
        told(&mut prompt),
        format!(
            "note: the {} integration is not loaded: `cd` switches nothing, and `credenv use` needs `eval`\n  \
             remedy: `credenv init --install {}` adds `{}` to {belongs}\n{counts}",
            shell.called,
            shell.called,
            line_of(shell)
        )
    );
    // Not where nobody looks.
    assert!(prompt.line("credenv doctor 2>/dev/null").starts_with(SOUND));
}
in_every_shell!(
    where_it_is_not_loaded_the_line_is_told_to_whoever_types:
    bash zsh dash ksh mksh yash
    fish
    elvish
    xonsh
    tcsh
    pwsh
);

/// nushell evaluates no text: its line is typed once, and writes a file that can grow old.
fn the_file_that_the_line_wrote_is_looked_at(shell: &Shell) {
    let line = "mkdir ($nu.data-dir | path join vendor autoload); credenv init nu | save -f ($nu.data-dir | path join vendor \
                autoload credenv.nu)";
    let file = ".local/share/nushell/vendor/autoload/credenv.nu";
    let counts = "0 problems and 1 note; looked at ~/.aws/config and ~/.aws/credentials\n";
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).loaded_by("").start() else { return };
    assert_eq!(
        told(&mut prompt),
        format!(
            "note: the nu integration is not loaded: neither `cd` nor `credenv use` switches anything\n  remedy: type \
             `credenv init --install nu` and start a new shell\n{counts}"
        )
    );
    assert_eq!(prompt.own(line), "");
    assert_eq!(
        told(&mut prompt),
        format!(
            "note: this file holds the nu integration, but this call bypassed it\n  in ~/{file}\n  remedy: start a new \
             shell, and type `credenv doctor` without a path or a `^`\n{counts}"
        )
    );
    let mut next = Session::of(shell, &home).loaded_by("").start().unwrap();
    assert_eq!(told(&mut next), SOUND);
    home.write(file, [home.read(file), b"\n# of a version before\n".to_vec()].concat());
    assert_eq!(
        told(&mut next),
        format!(
            "note: the integration in this file belongs to another credenv\n  in ~/{file}\n  remedy: type \
             `credenv init --install nu` and start a new shell\n{counts}"
        )
    );
}
in_every_shell!(the_file_that_the_line_wrote_is_looked_at: nu);

fn a_call_past_the_integration_is_told(shell: &Shell) {
    let home = home().file(".bashrc", line_of(shell));
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    let shown = prompt.line("command credenv doctor");
    assert!(
        shown.starts_with(
            "note: this line loads the bash integration, but this command was not called through it\n  at \
             ~/.bashrc:1\n  remedy: start a new shell, and type `credenv doctor` without a path\n"
        ),
        "{shown}"
    );
}
in_every_shell!(a_call_past_the_integration_is_told: bash);

/// A home with another `credenv`, which says that it is of that version.
fn with_another(version: &str) -> (Home, String) {
    let home = home().file("bin/credenv", format!("#!/bin/sh\necho 'credenv {version}'\n")).mode("bin/credenv", 0o755);
    let path = format!("{}:/usr/bin:/bin", home.path("bin").display());
    (home, path)
}

#[test]
fn two_credenvs_are_told() {
    let own = env!("CARGO_PKG_VERSION");
    let tell = |version: &str| {
        let (home, path) = with_another(version);
        let (stdout, _) = home.env("PATH", path).credenv(["doctor"]).any_stdout().any_code_but_a_bug().check();
        stdout.split_inclusive('\n').take(3).collect::<String>()
    };
    let said = |severity: &str, other: &str| {
        format!(
            "{severity}: this is [CREDENV] ({own}), but `credenv` in `PATH` is another one ({other})\n  in \
             ~/bin/credenv\n  remedy: remove one of them, or put the directory of the right one first in `PATH` and start \
             a new shell\n"
        )
    };
    assert_eq!(tell("9.9.9"), said("problem", "9.9.9"));
    assert_eq!(tell(own), said("note", own));
    let (home, path) = with_another("");
    let home = home.file("bin/credenv", "#!/bin/sh\necho something else\n").env("PATH", path);
    let (stdout, _) = home.credenv(["doctor"]).any_stdout().any_code_but_a_bug().check();
    assert!(stdout.contains("(version unknown)"), "{stdout}");
}

fn another_credenv_than_that_of_the_integration_is_told(shell: &Shell) {
    let (home, path) = with_another("9.9.9");
    let home = home.env("PATH", path);
    let init = shell.load_in_script(&home, &quoted(CREDENV));
    Story::new(shell, &home)
        .own(&init)
        .say("credenv doctor >told || true")
        .say("grep -c 'the integration of this shell runs .* is another one (9.9.9)' told")
        .stdout("1\n")
        .play();
}
in_every_shell!(another_credenv_than_that_of_the_integration_is_told);

/// The facts are for this one call: nothing that is started from the shell finds them.
fn nothing_of_it_stays(shell: &Shell) {
    if is_missing("env") {
        return;
    }
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).start() else { return };
    prompt.line("credenv doctor");
    assert_eq!(prompt.variable("CREDENV_HOOK"), None);
}
at_every_prompt!(nothing_of_it_stays);
