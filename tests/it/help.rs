//! The help of every command fits the smallest terminal that people use, and shows one thing to type.

use credenv::cli;

use crate::support::Home;

#[test]
fn the_help_of_every_command_fits_a_screen_and_has_one_example() {
    let home = Home::new();
    let definitions = cli::definitions();
    let shown = definitions.get_subcommands().filter(|command| !command.is_hide_set());
    for command in std::iter::once(None).chain(shown.map(|command| Some(command.get_name()))) {
        let helps = ["--help", "-h"].map(|flag| home.credenv(command.into_iter().chain([flag])).any_stdout().check().0);
        let [help, short] = &helps;
        let name = command.unwrap_or("credenv");
        assert_eq!(help, short, "{name}: `--help` and `-h` show two things");
        assert!(help.lines().count() <= 24, "{name}: too high\n{help}");
        let wide = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{name}: too wide");
        assert_eq!(help.matches("Example: credenv ").count() + help.matches("Example: eval ").count(), 1, "{help}");
        assert_eq!(help.matches("xample").count(), 1, "{name}: more than one example\n{help}");
    }
}

/// Its help is laid out by hand; clap cannot forget a flag, and we could.
#[test]
fn the_help_of_configure_names_every_flag() {
    let (help, _) = Home::new().credenv(["configure", "--help"]).any_stdout().check();
    let definitions = cli::definitions();
    let configure = definitions.find_subcommand("configure").unwrap();
    for flag in configure.get_arguments().filter(|flag| !flag.is_positional() && !flag.is_hide_set()) {
        let long = format!("--{}", flag.get_long().unwrap());
        let value = flag.get_value_names().filter(|_| flag.get_action().takes_values());
        let written = value.map_or_else(|| long.clone(), |names| format!("{long} <{}>", names[0]));
        let behind = help.split(&written).nth(1).map(|rest| rest.chars().next());
        assert!(matches!(behind, Some(Some(' ' | ',' | '\n'))), "`{written}` is missing:\n{help}");
    }
}

#[test]
fn a_wrong_command_line_is_said_in_our_own_words() {
    let home = Home::new();
    let said = |words: &[&str]| home.credenv(words).any_stdout().any_stderr().code(2).check().1;
    for (words, expected) in [
        (&["lst"][..], "credenv: there is no command `lst`\n  hint: did you mean `list`?\n"),
        // `hook` is near, and for no person.
        (&["foo"], "credenv: there is no command `foo`\n  hint: `credenv --help` lists the commands\n"),
        (
            &["a\u{1b}[31m"],
            "credenv: there is no command `a\\u{1b}[31m`\n  hint: `credenv --help` lists the commands\n",
        ),
        (
            &["use", "--stagee", "x"],
            "credenv: unexpected argument `--stagee`\n  usage: credenv use [OPTIONS] [PROFILE]\n  usage: credenv use \
             [OPTIONS] --stage <STAGE>\n  hint: did you mean `--stage`?\n",
        ),
        (&["list", "--sort", "x"], "credenv: `--sort <KEY>` cannot be `x`\n  hint: did you mean `expiry`?\n"),
        (
            &["configure", "-n", "x", "-p", "x"],
            "credenv: `--provider <PROVIDER>` cannot be `x`\n  hint: it can be `aws`\n",
        ),
        (
            &["link"],
            "credenv: `<PROFILE>` is missing\n  usage: credenv link <PROFILE>\n  hint: `credenv link --help` shows what \
             it takes\n",
        ),
        (
            &["link", "x", "--stage"],
            "credenv: `--stage <STAGE>` needs a value\n  hint: `credenv link --help` shows what it takes\n",
        ),
        (
            &["use", "x", "--region", ""],
            "credenv: `--region <REGION>` needs a value\n  hint: `credenv use --help` shows what it takes\n",
        ),
        (
            &["list", "--long", "--json"],
            "credenv: `--long` cannot be used with `--json`\n  hint: `credenv list --help` shows what it takes\n",
        ),
        (
            &["list", "--long=x"],
            "credenv: `--long` takes no value\n  hint: `credenv list --help` shows what it takes\n",
        ),
        (
            &["list", "-ll"],
            "credenv: `--long` can be given only once\n  hint: `credenv list --help` shows what it takes\n",
        ),
        (
            &["doctor", "--stage", "x"],
            "credenv: `--who` is missing\n  hint: `credenv doctor --help` shows what it takes\n",
        ),
    ] {
        assert_eq!(said(words), expected);
    }
}
