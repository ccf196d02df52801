//! The hook leaves the shell as the person set it up, however that is.

use super::{CONFIG, DEV, PROD, TO_DEV, TO_NONE, TO_PROD, allowed, home};
use crate::support::{Ability, Home, Session, Shell, quoted};

/// What stands in the start-up file above and below our line, and what is typed.
struct Setup<'s> {
    before: &'s str,
    after: &'s str,
    lines: &'s [&'s str],
}

/// What is shown for each line, up to the end of the shell; and whether it still follows projects.
fn played(shell: &Shell, home: &Home, setup: &Setup<'_>, hooked: bool) -> Option<(Vec<String>, bool)> {
    let session = Session::of(shell, home).before(setup.before).after(setup.after);
    let mut prompt = if hooked { session } else { session.loaded_by("") }.start()?;
    let mut shown = vec![prompt.first.clone()];
    for line in setup.lines {
        match prompt.try_line(line) {
            Ok(seen) => shown.push(seen),
            Err((seen, status)) => {
                shown.push(format!("{seen}[ended with {status}]"));
                return Some((shown, true));
            }
        }
    }
    let path = home.path("again").into_os_string().into_string().unwrap();
    let seen = prompt.line(format!("cd {}", quoted(&path)));
    Some((shown, seen.contains(TO_PROD)))
}

/// Fails unless the shell shows the same as without a hook, but for our own lines, and goes on switching.
fn is_unharmed(shell: &Shell, setup: &Setup<'_>) {
    let home = home();
    home.write("new/.credenv.yml", DEV);
    allowed(&home, "again/.credenv.yml", PROD);
    let Some((expected, _)) = played(shell, &home, setup, false) else { return };
    let (seen, follows) = played(shell, &home, setup, true).unwrap();
    let is_ours = |line: &&str| line.starts_with("credenv: ");
    let without_ours = |text: &String| {
        let text: String = text.split_inclusive('\n').filter(|line| !is_ours(line)).collect();
        // dash names the line in the function in which `cd` stands.
        match text.split_once(": cd: ") {
            Some((_, message)) if shell.called == "sh" => message.to_owned(),
            _ => text,
        }
    };
    let expected: Vec<String> = expected.iter().map(without_ours).collect();
    let seen: Vec<String> = seen.iter().map(without_ours).collect();
    let what = format!("{}: `{}` `{}`", shell.name, setup.before, setup.after);
    assert_eq!(seen, expected, "{what}: {:?}", setup.lines);
    assert!(follows, "{what}: follows no project any more");
}

/// Fails unless the shell, set up like this, switches and says nothing but that.
fn switches(shell: &Shell, before: &str, after: &str) {
    let home = home();
    let Some(mut prompt) = Session::of(shell, &home).before(before).after(after).start() else { return };
    let what = format!("{}: `{before}` `{after}`", shell.name);
    assert_eq!(prompt.first, "", "{what}");
    assert_eq!(prompt.line("cd project"), TO_DEV, "{what}");
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"), "{what}");
    assert_eq!(prompt.look(), "", "{what}");
    home.write(".aws/config", CONFIG.replace("eu-west-1", "eu-north-1"));
    assert_eq!(prompt.look(), "credenv: devProfile (eu-north-1) ← .credenv.yml:1\n", "{what}");
    assert_eq!(prompt.look(), "", "{what}");
    assert_eq!(prompt.line("cd .."), TO_NONE, "{what}");
    assert_eq!(prompt.profile(), None, "{what}");
}

fn the_status_of_the_line_before_is_there_at_the_next_prompt(shell: &Shell) {
    let status = "echo $?";
    let fail = shell.either("(exit 42)", "sh -c 'exit 42'");
    let entering = format!("cd project; {fail}");
    let leaving = format!("cd ..; {fail}");
    let failing = format!("cd nowhere 2>/dev/null || {fail}");
    let new = format!("cd new && {fail}");
    let lines = [
        "false",
        status,
        status,
        fail,
        status,
        &entering,
        status,
        "cd below",
        status,
        &leaving,
        "true",
        status,
        &failing,
        status,
        "cd ..",
        status,
        &new,
        status,
        "cd ..; false",
        status,
        "cd ..",
        status,
    ];
    is_unharmed(shell, &Setup { before: "", after: "", lines: &lines });
}
in_every_shell!(
    the_status_of_the_line_before_is_there_at_the_next_prompt:
    bash bash_posix zsh dash ksh mksh yash
    fish
    tcsh
    nu
    elvish
    xonsh
    pwsh
);

/// Not in mksh, where any function in the prompt changes them, and nothing can put them back.
fn so_is_the_status_of_each_part_of_a_pipe(shell: &Shell) {
    let statuses =
        if shell.called == "bash" || shell.called == "mksh" { "echo \"${PIPESTATUS[*]}\"" } else { "echo $pipestatus" };
    let pipe = shell.either("false | true | (exit 3)", "false | true | sh -c 'exit 3'");
    let entering = format!("cd project; {pipe}");
    is_unharmed(
        shell,
        &Setup { before: "", after: "", lines: &[pipe, statuses, "true", statuses, &entering, statuses] },
    );
}
in_every_shell!(so_is_the_status_of_each_part_of_a_pipe: bash zsh fish);

#[test]
fn so_is_the_last_word_of_the_line_before() {
    for name in ["bash", "zsh"] {
        Shell::test(name, |shell| {
            let lines = ["echo one two", "echo $_", "cd project", "echo $_", "echo $_ three", "echo $_"];
            is_unharmed(shell, &Setup { before: "", after: "", lines: &lines });
        });
    }
}

fn traps_stay_and_are_not_set_off(shell: &Shell) {
    if shell.can(Ability::PosixWords) {
        let set = ["trap 'echo exit' EXIT", "trap 'echo int' INT", "trap 'echo usr1' USR1"];
        let rest =
            ["cd project", "trap", "kill -USR1 $$", "kill -INT $$", "cd new", "cd ../new", "cd ..", "trap", "exit 3"];
        is_unharmed(shell, &Setup { before: "", after: "", lines: &[&set[..], &rest].concat() });
        is_unharmed(shell, &Setup { before: &set.join("\n"), after: "", lines: &rest });
    } else {
        let before = "function at_exit --on-event fish_exit; echo exit; end\nfunction on_signal --on-signal USR1; echo \
                      usr1; end\nfunction on_move --on-variable PWD; echo moved $PWD; end";
        let lines = ["cd project", "kill -USR1 $fish_pid", "cd ..", "exit 3"];
        is_unharmed(shell, &Setup { before, after: "", lines: &lines });
    }
}
in_every_shell!(traps_stay_and_are_not_set_off: bash bash_posix zsh fish dash ksh mksh yash);

/// In zsh a trap on every command sees those inside of functions as well, whosever they are.
#[test]
fn traps_on_errors_and_on_every_command_see_nothing_of_ours() {
    let lines = ["true", "false", "cd project", "cd new", "cd ../new", "cd ..", "echo on"];
    let debug = "trap 'case $BASH_COMMAND in *__credenv*) ;; *) echo \"debug $BASH_COMMAND\" ;; esac' DEBUG";
    for (name, trap) in [
        ("bash", "trap 'echo err' ERR"),
        ("bash", "set -E; trap 'echo err' ERR"),
        ("bash", debug),
        ("bash", "trap 'echo return' RETURN"),
        ("zsh", "trap 'echo zerr' ZERR"),
        ("zsh", "TRAPZERR() { echo zerr; }"),
        ("ksh", "trap 'echo err' ERR"),
        ("mksh", "trap 'echo err' ERR"),
    ] {
        Shell::test(name, |shell| {
            is_unharmed(shell, &Setup { before: "", after: "", lines: &[&[trap][..], &lines].concat() });
            // A trap on every command sees the start-up file, too.
            if !trap.contains("DEBUG") {
                is_unharmed(shell, &Setup { before: trap, after: "", lines: &lines });
                is_unharmed(shell, &Setup { before: "", after: trap, lines: &lines });
            }
        });
    }
}

/// A shell that ends at a failing command ends as it would without us, and at no other.
fn under_errexit_nounset_and_pipefail_the_shell_lives_as_long_as_without_us(shell: &Shell) {
    let options = match shell.called {
        "bash" | "ksh" | "mksh" => "set -euo pipefail",
        "zsh" => "set -eu; setopt pipe_fail",
        _ => "set -eu",
    };
    let harmless =
        ["true", "cd project", "cd below", "cd ../..", "cd new", "cd ..", "false || true", "if false; then :; fi"];
    for fatal in ["false", "cd nowhere", "true | false", "echo $nothing_of_that_name"] {
        let lines = [&harmless[..], &[fatal, "echo alive"], &harmless[..3], &[fatal, "echo alive"]].concat();
        for (before, after) in [(options, ""), ("", options)] {
            is_unharmed(shell, &Setup { before, after, lines: &lines });
        }
    }
}
in_every_shell!(
    under_errexit_nounset_and_pipefail_the_shell_lives_as_long_as_without_us: bash bash_posix zsh dash ksh mksh yash
);

fn settings_that_change_how_words_are_read_do_no_harm(shell: &Shell) {
    let odd: &[&str] = match shell.called {
        "bash" => &[
            "IFS='/_c0rev'",
            "IFS=",
            "set -o noclobber; set -f; set -a",
            "shopt -s nullglob failglob extglob nocasematch nocaseglob dotglob xpg_echo",
            "shopt -s localvar_inherit localvar_unset",
            "set -o posix",
            "set -o errtrace -o functrace",
            "set +h; set -P",
            "CDPATH=$HOME/.aws",
            "shopt -u promptvars; shopt -s lastpipe; set +m",
            "LC_ALL=C",
            "readonly IFS",
            "shopt -s autocd cdspell checkwinsize",
            "POSIXLY_CORRECT=1",
        ],
        "zsh" => &[
            "IFS='/_c0rev'",
            "setopt ksh_arrays",
            "setopt no_unset",
            "setopt sh_word_split glob_subst",
            "setopt ksh_arrays sh_word_split no_unset ksh_typeset",
            "setopt warn_create_global warn_nested_var",
            "setopt posix_builtins posix_identifiers posix_strings posix_traps",
            "setopt all_export no_clobber",
            "setopt null_glob csh_null_glob extended_glob ksh_glob",
            "setopt prompt_subst rc_expand_param rc_quotes csh_junkie_quotes",
            "setopt ignore_braces no_short_loops sh_file_expansion magic_equal_subst",
            "setopt chase_links auto_pushd pushd_silent cdable_vars",
            "setopt no_function_argzero local_options local_traps err_return",
            "setopt no_equals no_multios no_bare_glob_qual no_nomatch",
            "emulate sh",
            "emulate ksh",
            "LC_ALL=C",
            "typeset -r IFS",
        ],
        "fish" => &["set -g IFS use", "set -gx LC_ALL C", "set -g fish_trace ''"],
        _ if !shell.can(Ability::PosixWords) => shell.language.odd_settings(),
        "ksh" => &[
            "IFS='/_c0rev'",
            "set -o noclobber; set -f",
            "set -a",
            "set -o posix",
            "LC_ALL=C",
            "set -o globstar -o markdirs",
        ],
        "mksh" => &[
            "IFS='/_c0rev'",
            "set -C; set -f",
            "set -a",
            "set -o posix",
            "set -o sh",
            "LC_ALL=C",
            "set -o braceexpand -o utf8-mode",
        ],
        _ => &["IFS='/_c0rev'", "set -C; set -f", "set -a", "LC_ALL=C"],
    };
    for odd in odd {
        switches(shell, odd, "");
        switches(shell, "", odd);
    }
}
at_every_prompt!(settings_that_change_how_words_are_read_do_no_harm);

fn aliases_and_functions_on_the_words_of_the_shell_do_no_harm(shell: &Shell) {
    let words: &[&str] = match shell.called {
        "tcsh" => &[
            "alias cd 'cd \\!*; echo -n'",
            "alias set 'echo set'; alias unset 'echo unset'; alias shift 'echo shift'; alias @ 'echo @'",
            "alias setenv 'echo setenv'; alias unsetenv 'echo unsetenv'; alias source 'echo source'",
            "alias eval 'echo eval'",
            "alias printf 'echo printf'; alias echo 'false'; alias true 'false'; alias false 'true'",
            "alias credenv 'env credenv'",
        ],
        "elvish" => &[
            "fn set-env {|@_| }; fn unset-env {|@_| }; fn has-env {|@_| }; fn has-key {|@_| }; fn dissoc {|@_| }",
            "fn nop {|@_| fail nop }; fn put {|@_| }; fn each {|@_| }; fn eq {|@_| put $false }; fn all {|@_| }",
            "fn e:credenv {|@_| }; fn external {|@_| }; fn echo {|@_| }; fn not-eq {|@_| }; fn has-value {|@_| }",
            "use builtin; fn cd {|@directory| builtin:cd $@directory }",
            "fn slurp {|@_| }; fn eval {|@_| }",
            "fn credenv {|@words| (external credenv) $@words }",
        ],
        "powershell" => &[
            "Set-Alias cd Push-Location -Force -Option AllScope; Set-Alias iex Write-Output -Force",
            "function Test-Path { throw 'theirs' }; function Remove-Item { throw 'theirs' }; function Set-Item { throw 'theirs' }",
            "function Get-Command { throw 'theirs' }; function Set-Variable { throw 'theirs' }; function Write-Error { throw 'theirs' }",
            "function Out-Null { throw 'theirs' }; Set-Alias Get-Item false; Set-Alias Remove-Variable false",
            "Set-Alias credenv (Get-Command -CommandType Application credenv | Select-Object -First 1).Source",
            "function Invoke-Expression { throw 'theirs' }; Set-Alias iex Invoke-Expression -Force",
        ],
        "xonsh" => &[
            "aliases['credenv'] = 'credenv'",
            "def exec(*_): pass",
            "def print(*_): pass",
            "import os as time; import time as os; dict = list",
        ],
        "fish" => &[
            "function printf; end",
            "function cat; end; function env; end; function grep; end",
            "alias credenv='command credenv'",
        ],
        "nu" => &[
            "alias ls = ^false; alias get = ^false; alias print = ^false",
            "def ls [...words] { error make { msg: 'not ours' } }; def select [...words] { [] }; def hide-env [...words] {}",
            "def load-env [...words] {}; def 'path exists' [] { false }; def 'from json' [--objects] { null }",
            "def reduce [...words] { null }; def append [...words] { null }; def default [...words] { null }",
            "alias credenv = ^credenv",
        ],
        _ => &[
            "alias cd='cd -L'",
            "alias test=false",
            "alias eval='echo eval'",
            "alias '['=false >/dev/null 2>&1",
            "alias local=false typeset=false declare=false",
            "alias unset='echo unset' export='echo export' set='echo set'",
            "alias printf='echo printf' echo=false true=false false=true :=false",
            "alias return='echo return' builtin='echo builtin' command='echo command'",
            "alias unalias='echo unalias' unfunction=false shift=false trap='echo trap'",
            "alias credenv='command credenv'",
        ],
    };
    for words in words {
        // Our line in the start-up file is the person's own, so its `eval` or `exec` is theirs too.
        if !["eval", "exec", "Invoke-Expression"].iter().any(|word| words.contains(word)) {
            switches(shell, words, "");
        }
        switches(shell, "", words);
    }
}
at_every_prompt!(aliases_and_functions_on_the_words_of_the_shell_do_no_harm);

/// Not in dash, where `cd` is all there is to hook and nothing tells what a function was before.
fn a_cd_function_of_the_person_s_own_goes_on_working(shell: &Shell) {
    let function = match shell.called {
        "bash" | "zsh" => "cd() { builtin cd \"$@\" && echo \"now in ${PWD##*/}\"; }",
        "ksh" => "function cd { command cd \"$@\" && echo \"now in ${PWD##*/}\"; }",
        "tcsh" => "alias cd 'cd \\!* && echo now in $cwd:t'",
        "nu" => "def --env cd [to = '~'] { %cd $to; print $'now in ($env.PWD | path basename)' }",
        "elvish" => "use builtin; use path; fn cd {|@to| builtin:cd $@to; echo now in (path:base $pwd) }",
        "powershell" => {
            "Remove-Item Alias:cd; function cd { Set-Location @args; if ($?) { \"now in $(Split-Path -Leaf $PWD)\" } }"
        }
        "xonsh" => {
            "old = aliases['cd']\ndef cd(args):\n    told = old(args)\n    if told[2] == 0: print('now in', \
             __import__('os').path.basename($PWD))\n    return told\naliases['cd'] = cd"
        }
        "fish" => "functions --copy cd old_cd; function cd; old_cd $argv; and echo now in (basename $PWD); end",
        _ => "cd() { command cd \"$@\" && echo \"now in ${PWD##*/}\"; }",
    };
    let lines = ["cd project", "cd below", "cd ../..", "cd new", "cd -- ..", "cd nowhere 2>/dev/null", "pwd"];
    // nushell names the file in which it stands, which is another one each time.
    let lines: Vec<_> = lines.into_iter().filter(|line| shell.called != "nu" || !line.contains("nowhere")).collect();
    is_unharmed(shell, &Setup { before: function, after: "", lines: &lines });
    is_unharmed(shell, &Setup { before: "", after: function, lines: &lines });
}
in_every_shell!(
    a_cd_function_of_the_person_s_own_goes_on_working:
    bash zsh ksh mksh yash
    fish
    tcsh
    nu
    elvish
    xonsh
    pwsh
);

fn cd_is_what_it_was(shell: &Shell) {
    let lines = [
        "cd nowhere 2>/dev/null",
        "echo $?",
        "cd project",
        "cd -",
        "cd -",
        "pwd",
        "cd",
        "pwd",
        shell.either("cd -P project; pwd -P", "cd project; pwd"),
        shell.either("cd -L ..; pwd", "cd ..; pwd"),
        shell.either("x=$(cd project 2>/dev/null && pwd); echo \"$x\"", "true"),
        "pwd",
        shell.either("(cd project; pwd)", "true"),
        "pwd",
        "cd project && cd below && pwd",
        shell.either("cd -- \"$HOME\" extra 2>/dev/null; pwd", "pwd"),
    ];
    is_unharmed(shell, &Setup { before: "", after: "", lines: &lines });
}
at_every_prompt!(cd_is_what_it_was);

fn loaded_twice_it_works_once(shell: &Shell) {
    let home = home();
    let line = shell.load(&home);
    let Some(mut prompt) = Session::of(shell, &home).after(&line).traced().start() else { return };
    prompt.own(&line);
    prompt.rest();
    let before = prompt.processes();
    assert_eq!(prompt.line("cd project"), TO_DEV);
    assert_eq!(prompt.processes() - before, 1);
    assert_eq!(prompt.look(), "");
    prompt.own(&line);
    assert_eq!(prompt.profile().as_deref(), Some("devProfile"));
    assert_eq!(prompt.line("cd .."), TO_NONE);
    assert_eq!(prompt.profile(), None);
    if shell.called == "nu" {
        assert_eq!(prompt.own("print ($env.config.hooks.pre_prompt | length)"), "2\n", "ours, and that of the test");
    }
}
at_every_prompt!(loaded_twice_it_works_once);

#[test]
fn a_prompt_command_of_any_form_goes_on_and_sees_the_status() {
    let lines =
        ["true", "false", "cd project", "(exit 7)", "cd new", "cd ../new; false", "cd ..", "false | true", "true"];
    for name in ["bash", "bash_posix"] {
        Shell::test(name, |shell| {
            for before in [
                "PROMPT_COMMAND='echo \"pc $?\"'",
                "PROMPT_COMMAND='echo \"pc $?\";'",
                "PROMPT_COMMAND='echo \"pc $?\" ; '",
                "PROMPT_COMMAND='echo \"pc $?\" &'$'\\n'",
                "PROMPT_COMMAND='echo \"pc $?\" # remark'",
                "PROMPT_COMMAND=",
                "PROMPT_COMMAND=()",
                "PROMPT_COMMAND=('echo \"one $? ${PIPESTATUS[*]}\"; false' 'echo \"two $?\"')",
                "PROMPT_COMMAND=([3]='echo \"three $?\"' [5]='echo \"five $?\"')",
                "export PROMPT_COMMAND='echo \"pc $?\"'",
                "unset PROMPT_COMMAND",
            ] {
                // A job put into the background is told of with a number of its own.
                if !before.contains('&') {
                    is_unharmed(shell, &Setup { before, after: "", lines: &lines });
                }
            }
            for after in [
                "PROMPT_COMMAND=\"${PROMPT_COMMAND:+$PROMPT_COMMAND; }echo pc\"",
                "PROMPT_COMMAND+=('echo \"pc $?\"')",
                "PROMPT_COMMAND=\"echo pc${PROMPT_COMMAND:+; $PROMPT_COMMAND}\"",
            ] {
                is_unharmed(shell, &Setup { before: "", after, lines: &lines });
            }
        });
    }
}

#[test]
fn an_exported_prompt_command_harms_no_child() {
    Shell::test("bash", |shell| {
        let home = home();
        let session = Session::of(shell, &home).before("export PROMPT_COMMAND=true").after("export PS1");
        let Some(mut prompt) = session.start() else { return };
        assert_eq!(prompt.line("bash --norc --noprofile --noediting -i"), "");
        assert_eq!(prompt.line("cd project"), "");
        assert_eq!(prompt.line("exit"), "exit\n");
    });
}

#[test]
fn hooks_that_stand_there_already_go_on() {
    let lines = ["true", "false", "cd project", "false | true", "cd new", "cd ../new", "cd ..", "true"];
    for (name, before) in [
        ("zsh", "precmd() { echo \"precmd $? $pipestatus\" }"),
        ("zsh", "chpwd() { echo \"chpwd $PWD\" }"),
        ("zsh", "one() { echo \"one $?\"; false }; two() { echo \"two $?\" }; precmd_functions+=(one two)"),
        ("fish", "function mine --on-event fish_prompt; echo mine $status $pipestatus; end"),
        ("fish", "function last --on-event fish_postexec; echo last $status $argv; end"),
        ("tcsh", "alias precmd 'echo precmd $status'; alias cwdcmd 'echo cwdcmd $cwd:t'"),
        ("tcsh", "alias precmd 'echo \"it'\\''s  $status\"; echo '\\''a  \"b\" $(touch X) `echo on`'\\'"),
        ("tcsh", "alias precmd echo one \\; echo two \\$status; alias jobcmd 'echo job'"),
        ("tcsh", "alias cwdcmd 'set x = (a b); if ( $#x == 2 ) echo moved; sh -c \"exit 4\"'"),
        ("tcsh", "set printexitvalue; alias precmd 'echo precmd $status'; alias cwdcmd 'echo cwdcmd'"),
        ("tcsh", "alias periodic 'echo now and then'; set tperiod = 0"),
        ("nu", "$env.config.hooks.pre_prompt ++= [{|| print $'mine ($env.LAST_EXIT_CODE)' }]"),
        (
            "nu",
            "$env.config.hooks.pre_prompt ++= ['print text' {|| print two } { condition: {|| true } code: 'print three' }]",
        ),
        ("nu", "$env.config.hooks.env_change.PWD = [{|before, after| print $'moved ($after)' }]"),
        ("nu", "$env.config.hooks.env_change = { PWD: [{|before, after| print moved }] OTHER: [{|| print of }] }"),
        ("nu", "$env.config.hooks.pre_execution = [{|| print before }]; $env.config.hooks.display_output = null"),
        ("elvish", "set after-chdir = [$@after-chdir {|to| echo moved $to }]"),
        ("elvish", "set before-chdir = [$@before-chdir {|to| echo moves $to }]"),
        ("elvish", "set edit:before-readline = [$@edit:before-readline { echo mine }]"),
        ("elvish", "set edit:after-command = [$@edit:after-command {|_| echo after }]"),
        ("xonsh", "@events.on_pre_prompt\ndef mine(**_):\n    print('mine', $LAST_RETURN_CODE)"),
        // In one piece: xonsh runs `cd` in a thread, and hands on a line and its end apart if they were written so.
        ("xonsh", "@events.on_chdir\ndef mine(olddir, newdir, **_):\n    print('moved\\n', end='')"),
        ("xonsh", "@events.on_postcommand\ndef mine(cmd, rtn, out, ts, **_):\n    print('after', rtn)"),
        ("pwsh", "function prompt { \"mine $?`n[prompt]\" }"),
        ("pwsh", "function prompt { Write-Host 'mine'; '[prompt]' }"),
        ("pwsh", "$ExecutionContext.SessionState.InvokeCommand.LocationChangedAction = { Write-Host 'moved' }"),
        ("yash", "PROMPT_COMMAND='echo \"pc $?\"'"),
        ("yash", "PROMPT_COMMAND=('echo one' 'echo two')"),
        ("yash", "YASH_AFTER_CD='echo \"moved $PWD\"'"),
        ("ksh", "PS1='$(echo mine) [prompt]'"),
        ("ksh", "PS1='${PWD##*/} ! [prompt]'"),
        ("mksh", "PS1='$(echo mine) ${PWD##*/} [prompt]'"),
    ] {
        Shell::test(name, |shell| {
            is_unharmed(shell, &Setup { before, after: "", lines: &lines });
            if !before.starts_with("PS1") && name != "yash" && name != "tcsh" {
                is_unharmed(shell, &Setup { before: "", after: before, lines: &lines });
            }
        });
    }
}

/// Nothing of the shell's own is left changed but our own functions and variables.
fn no_option_and_no_variable_is_left_changed(shell: &Shell) {
    let home = home();
    let show: &[&str] = match shell.called {
        "bash" => &["set -o; shopt", "echo \"$IFS\"; alias; complete -p 2>/dev/null | grep -v credenv"],
        "zsh" => &["setopt", "echo \"$IFS\"; alias"],
        "tcsh" => &[
            "set | grep -v -e credenv -e dirstack -e '^_' -e command -e '^$' -e '^tty'",
            "alias | grep -v credenv; onintr; @ | wc -l",
        ],
        "nu" => &[
            "print ($env.config | reject hooks.pre_prompt hooks.pre_execution completions.external color_config explore cursor_shape plugins plugin_gc | to nuon --serialize)",
            "print ($env | columns | where $it !~ '(?i)credenv|^AWS|OLDPWD' | to text)",
            "print (scope aliases) (scope commands | where type == custom and name !~ credenv | get name)",
        ],
        "elvish" => &["put $paths $pwd $before-chdir $value-out-indicator", "use builtin; keys $builtin: | order"],
        "powershell" => &[
            "(Get-Variable | Where-Object Name -notmatch '^(__credenv|PWD$|LASTEXITCODE$|foreach$|Error$|StackTrace$|_$|\\^$|\\$$|\\?$|ExecutionContext|Matches|MyInvocation|null|args|input|status)').Name -join ' '",
            "(Get-ChildItem Function: | Where-Object Name -notmatch credenv).Name -join ' '; (Get-Alias).Name -join ' '",
            "(Get-ChildItem Env: | Where-Object Name -notmatch '^(CREDENV|AWS)').Name -join ' '; \"$OutputEncoding\"; \"$($error.Count)\"",
        ],
        "xonsh" => &[
            "sorted(name for name in __xonsh__.ctx if 'credenv' not in name)",
            "sorted(name for name in __xonsh__.env if not name.startswith(('AWS_', 'CREDENV_')))",
        ],
        "fish" => {
            &["set --names | grep -v -i -e credenv -e ^AWS -e OLDPWD -e dirprev -e history -e CMD -e last_pid -e test_"]
        }
        _ => &["set -o", "echo \"$IFS\"; alias"],
    };
    let see = |hooked: bool| {
        let session = Session::of(shell, &home);
        let mut prompt = if hooked { session } else { session.loaded_by("") }.start()?;
        prompt.line("cd project");
        prompt.line("cd ..");
        prompt.line("cd project");
        Some(show.iter().map(|line| prompt.own(line)).collect::<Vec<_>>())
    };
    let Some(expected) = see(false) else { return };
    assert_eq!(see(true).unwrap(), expected);
}
at_every_prompt!(no_option_and_no_variable_is_left_changed);
