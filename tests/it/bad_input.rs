//! Whatever the files, the command line and the state hold: a clear error or a tolerant reading, and never a panic
//! (exit code 3), a hang, or an environment that is half applied.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use crate::support::{Home, Random, Shell, Story, is_missing, seed_from_environment, skip};

const USE_GOOD: [&str; 4] = ["use", "good", "--shell", "sh"];

/// What `use good` prints, but for the state.
const SWITCHED: &str = "export AWS_DEFAULT_REGION='eu-west-1';\nexport AWS_PROFILE='good';\nexport \
                        AWS_REGION='eu-west-1';\nexport AWS_SDK_LOAD_CONFIG='1';\n";

/// The profile that must be found, whatever stands around it.
const GOOD: &[u8] = b"\n[profile good]\nregion = eu-west-1\n";

/// credenv finds these profiles, and `use good` switches to it.
fn finds(home: &Home, names: &str) {
    home.credenv(["list"]).stdout(names).check();
    let (script, _) = home.credenv(USE_GOOD).any_stdout().check();
    let (switched, state) = script.split_once("export CREDENV_STATE=").unwrap();
    assert_eq!(switched, SWITCHED);
    assert_eq!(state.lines().count(), 1, "{state}");
}

/// Every command that reads the AWS files fails with these words, and `use` with the failing statement alone.
fn refuses(home: &Home, words: &str) {
    home.credenv(USE_GOOD).stdout("false;\n").stderr(words).code(1).check();
    for command in [&["list"][..], &["list", "--json"], &["show", "good"], &["exec", "good", "--", "echo", "ran"]] {
        home.credenv(command).stderr(words).code(1).check();
    }
}

#[test]
fn missing_files_are_empty_ones() {
    Home::new().credenv(["list"]).check();
    Home::new().directory(".aws").credenv(["list"]).check();
    finds(&Home::new().config(GOOD), "good\n");
    // A path through a file leads nowhere.
    Home::new().file(".aws", "").credenv(["list"]).check();
    Home::new().env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "").credenv(["list"]).check();
}

#[test]
fn a_directory_in_place_of_a_file_is_an_error() {
    let config = Home::new().directory(".aws/config");
    refuses(&config, "credenv: cannot read [HOME]/.aws/config: it is a directory\n");
    let credentials = Home::new().config(GOOD).directory(".aws/credentials");
    refuses(&credentials, "credenv: cannot read [HOME]/.aws/credentials: it is a directory\n");
}

#[test]
fn a_circle_of_symlinks_is_an_error() {
    let home = Home::new().directory(".aws").symlink("config", ".aws/config");
    refuses(&home, "credenv: cannot read [HOME]/.aws/config: too many levels of symbolic links\n");
}

/// A file that may not be read is not the same as one that is not there.
#[test]
fn a_file_that_may_not_be_read_is_an_error() {
    if is_missing("setpriv") {
        return;
    }
    let home = Home::new().config(GOOD).credentials("").open_to_others().mode(".aws/credentials", 0o600);
    let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "credenv"];
    let run = |arguments: &[&str]| home.run("setpriv", [&nobody, arguments].concat());
    let version = concat!("credenv ", env!("CARGO_PKG_VERSION"), "\n");
    if run(&["--version"]).stdout(version).any_stderr().output_if_it_succeeds().is_none() {
        skip("only root can become another user, who must reach the binary");
        return;
    }
    let words = "credenv: cannot read [HOME]/.aws/credentials: permission denied\n";
    run(&USE_GOOD).stdout("false;\n").stderr(words).code(1).check();
    run(&["list"]).stderr(words).code(1).check();
}

#[test]
fn a_file_without_end_or_of_absurd_size_is_an_error() {
    let endless = Home::new().env("AWS_CONFIG_FILE", "/dev/zero");
    refuses(&endless, "credenv: cannot read /dev/zero: it is larger than 32 MiB\n");
    let random = Random::new(seed_from_environment()).bytes(50 << 20);
    let home = Home::new().config([&random, GOOD].concat());
    refuses(&home, "credenv: cannot read [HOME]/.aws/config: it is larger than 32 MiB\n");
}

#[test]
fn a_profile_is_found_behind_megabytes_of_random_bytes() {
    let random = Random::new(seed_from_environment()).bytes(20 << 20);
    let home = Home::new().config([&random, GOOD].concat()).credentials([GOOD, &random].concat());
    let (names, _) = home.credenv(["list"]).any_stdout().check();
    assert!(names.lines().any(|name| name == "good"), "{names}");
    assert!(!names.chars().any(|char| char.is_control() && char != '\n'), "a control character is printed");
    let (script, _) = home.credenv(USE_GOOD).any_stdout().check();
    assert!(script.starts_with(SWITCHED), "{script}");
}

#[test]
fn marks_of_editors_and_damaged_lines_hide_no_profile() {
    let files: [&[u8]; 16] = [
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf[default]\r\nregion = x\r\n",
        b"stray = 1\n",
        b"no equals sign\n  more\n",
        b"= no key\n",
        b"[profile open\nregion = lost\n",
        b"[profile \"open]\nregion = lost\n",
        b"[]\n[ ]\n[profile]\n[profile ]\n[profile \"\"]\n",
        b"\0\n[\0]\n[profile \0]\nregion = \0\n",
        b"\xff\xfe\n[profile \xff]\nregion = \xff\n",
        b"[profile a\x1b[31mb]\n",
        b"[sso-session x]\n[services y]\n[preview]\n",
        b"\r\r\r",
        b"\t[profile indented]\n",
        b"[profile good]\nregion = first\n",
        b"[profile good]\nREGION = first\nregion\n",
    ];
    for file in files {
        let home = Home::new().config([file, GOOD].concat());
        let names = if file.starts_with(b"\xef\xbb\xbf[default]") { "default\ngood\n" } else { "good\n" };
        finds(&home, names);
    }
    finds(&Home::new().config("[profile good]\r\nregion = eu-west-1\r\n"), "good\n");
    finds(&Home::new().config("[profile good]\nregion = eu-west-1"), "good\n");
    finds(&Home::new().config("\u{feff}[profile good]\nregion = eu-west-1 # a comment\n"), "good\n");
}

#[test]
fn lines_of_ten_megabytes_are_read_or_refused_where_no_environment_can_hold_them() {
    let long = "x".repeat(10 << 20);
    finds(&Home::new().config([b"# ", long.as_bytes(), GOOD].concat()), "good\n");
    finds(&Home::new().config([long.as_bytes(), b" = ", long.as_bytes(), GOOD].concat()), "good\n");
    finds(&Home::new().config([b"[profile ", long.as_bytes(), GOOD].concat()), "good\n");
    let region = Home::new().config(format!("[profile good]\nregion = {long}\n"));
    let words = "credenv: the value of `AWS_DEFAULT_REGION` is 10485760 bytes long: with it in the environment, no \
                 command could be started\n";
    region.credenv(USE_GOOD).stdout("false;\n").stderr(words).code(1).check();
    let (name, _) = Home::new().config(format!("[profile {long}]\n")).credenv(["list"]).any_stdout().check();
    assert_eq!(name.len(), long.len() + 1);
}

#[test]
fn a_value_that_no_environment_can_carry_changes_nothing() {
    let home = Home::new().config("[profile good]\nregion = a\0b\n");
    let words = "credenv: the value of `AWS_DEFAULT_REGION` contains a NUL byte, which no environment can carry\n";
    home.credenv(USE_GOOD).stdout("false;\n").stderr(words).code(1).check();
    home.credenv(["exec", "good", "--", "echo", "ran"]).stderr(words).code(1).check();
}

#[test]
fn a_chain_of_source_profiles_that_leads_nowhere_is_told_with_its_line() {
    let role = "role_arn = arn:aws:iam::1:role/R\nsource_profile =";
    let config = format!(
        "[profile a]\n{role} b\n[profile b]\n{role} c\n[profile c]\n{role} a\n[profile me]\n{role} me\n[profile gap]\n{role} \
         bass\n[profile base]\n[profile none]\n{role} base\n"
    );
    let home = Home::new().config(config);
    let fails = |name: &str, words: &str| {
        let run = home.credenv(["use", name, "--shell", "sh"]);
        run.stdout("false;\n").stderr(words).code(1).check();
        home.credenv(["exec", name, "--", "echo", "ran"]).stderr(words).code(1).check();
    };
    fails(
        "a",
        "credenv: the source profiles form a loop ([HOME]/.aws/config:9)\n  `a` → `b` → `c` → `a`\n  hint: `credenv \
         configure c --source-profile PROFILE` names another\n",
    );
    fails(
        "me",
        "credenv: the source profiles form a loop ([HOME]/.aws/config:12)\n  `me` → `me`\n  hint: `credenv configure \
         me --source-profile PROFILE` names another\n",
    );
    fails(
        "gap",
        "credenv: profile `gap` takes its credentials from `bass`, which does not exist ([HOME]/.aws/config:15)\n  \
         hint: did you mean `base`?\n",
    );
    fails(
        "none",
        "credenv: profile `none` takes its credentials from `base`, which has none ([HOME]/.aws/config:19)\n  hint: \
         `credenv configure none --source-profile PROFILE` names another\n",
    );
    home.credenv(["list"]).stdout("a\nb\nc\nme\ngap\nbase\nnone\n").check();
}

#[test]
fn a_web_identity_whose_token_is_not_there_is_refused() {
    let profile = |token: &str| {
        Home::new().directory(".aws/directory").config(format!(
            "[profile good]\nrole_arn = arn:aws:iam::123456789012:role/R\nweb_identity_token_file = {token}\n"
        ))
    };
    let at = "named at [HOME]/.aws/config:3";
    for (token, words) in [
        ("gone", format!("[HOME]/.aws/gone {at}: no such file or directory")),
        ("~/gone", format!("[HOME]/gone {at}: no such file or directory")),
        ("directory", format!("[HOME]/.aws/directory {at}: it is a directory")),
        ("/gone\u{1b}[31m", format!("/gone\\u{{1b}}[31m {at}: no such file or directory")),
    ] {
        profile(token)
            .credenv(USE_GOOD)
            .stdout("false;\n")
            .stderr(format!("credenv: cannot use the web identity token file {words}\n"))
            .code(1)
            .check();
    }
}

#[test]
fn a_name_on_the_command_line_is_shown_without_what_a_terminal_obeys() {
    for (name, shown) in [
        ("a\nb", "a\\nb"),
        ("\u{1b}[31m\u{1b}]0;title\u{7}", "\\u{1b}[31m\\u{1b}]0;title\\u{7}"),
        ("a\rb\tc", "a\\rb\\tc"),
        ("\u{9b}31m\u{202e}\u{200b}", "\\u{9b}31m\\u{202e}\\u{200b}"),
        ("", ""),
        (" ", " "),
        ("ä😀", "ä😀"),
    ] {
        let words = format!(
            "credenv: no profile named `{shown}`\n  looked in [HOME]/.aws/config\n  looked for [HOME]/.aws/credentials, \
             which does not exist\n  hint: `credenv list` shows your profiles\n"
        );
        let home = Home::new().config("[profile zzz]\n");
        home.credenv(["use", name, "--shell", "sh"]).stdout("false;\n").stderr(&words).code(1).check();
        home.credenv(["exec", name, "--", "echo", "ran"]).stderr(&words).code(1).check();
        home.credenv(["show", name]).stderr(&words).code(1).check();
    }
}

/// Nor do files get anything to the terminal that it obeys.
#[test]
fn what_a_file_holds_is_shown_without_what_a_terminal_obeys() {
    let hostile = "\u{1b}]0;title\u{7}\u{9b}31m\u{202e}";
    let home = Home::new()
        .config(format!("[profile zzz]\nregion = {hostile}\n{hostile} = x\noutput = {hostile}\nsource_profile = {hostile}\nrole_arn = {hostile}\n"))
        .env("AWS_PROFILE", hostile)
        .env("AWS_REGION", hostile);
    for command in [
        &["list"][..],
        &["list", "--long"],
        &["list", "--json"],
        &["show", "zzz"],
        &["show", "zzz", "--json"],
        &["status"],
        &["status", "--json"],
        &["why"],
        &["use", "zzz", "--shell", "bash"],
        &["doctor"],
    ] {
        let (stdout, stderr) = home.credenv(command).any_stdout().any_stderr().any_code_but_a_bug().check();
        let obeyed = |text: &str| text.chars().any(|char| (char.is_control() && char != '\n') || char == '\u{202e}');
        assert!(!obeyed(&stderr), "{command:?}: {stderr:?}");
        // A profile that a shell evaluates holds the value itself; controls are escaped there too.
        let controls = |text: &str| text.chars().any(|char| char.is_control() && char != '\n');
        let is_data = command.contains(&"--json") || command[0] == "use";
        assert!(!controls(&stdout) && (is_data || !obeyed(&stdout)), "{command:?}: {stdout:?}");
    }
}

#[test]
fn arguments_that_are_no_text_are_usage_errors() {
    let invalid = OsStr::from_bytes(b"a\xff\x1b[31m");
    let arguments = |words: &[&OsStr]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let home = Home::new().config(GOOD);
    for command in ["use", "show", "why"] {
        let run = home.credenv(arguments(&[OsStr::new(command), invalid]));
        let (_, words) = run.stdout(if command == "use" { "false;\n" } else { "" }).any_stderr().code(2).check();
        assert!(words.starts_with("credenv: an argument is not valid UTF-8\n"), "{words}");
        assert!(!words.contains('\u{1b}'), "{words:?}");
    }
}

const DAMAGED: &str = "credenv: `CREDENV_STATE` is damaged and is ignored: earlier changes cannot be undone\n";

#[test]
fn a_damaged_state_is_told_once_and_treated_as_absent() {
    let states: [&[u8]; 16] = [
        b"x",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"\x1b[31m",
        b"{\"v\":9,\"vars\":{}}",
        b"{\"v\":2}",
        b"{\"v\":2,\"vars\":{\"A;touch X\":{\"was\":\"unset\",\"now\":\"unset\"}}}",
        b"{\"v\":2,\"vars\":{\"\":{\"was\":\"unset\",\"now\":\"unset\"}}}",
        b"{\"v\":2,\"vars\":{\"A\":{\"was\":\"nonsense\",\"now\":\"unset\"}}}",
        b"{\"v\":2,\"vars\":{\"A\":{\"was\":{\"set\":\"\\u0000zz\"},\"now\":\"unset\"}}}",
        b"{\"v\":2,\"vars\":{\"A\":{\"was\":{\"set\":\"\\u0000\xc3\xa4\xc3\xa4\"},\"now\":\"unset\"}}}",
        b"{\"v\":2,\"vars\":{}} trailing",
        b"{\"v\":28446744073709551616,\"vars\":{}}",
    ];
    let deep = "[".repeat(100_000);
    for state in states.into_iter().chain([deep.as_bytes()]) {
        let home = Home::new().config(GOOD).env("CREDENV_STATE", state);
        let (script, _) = home.credenv(USE_GOOD).any_stdout().stderr(DAMAGED).check();
        assert!(script.starts_with(SWITCHED), "{script}");
        home.credenv(["off", "--shell", "sh"])
            .stdout("unset -v CREDENV_STATE;\n")
            .stderr([DAMAGED, "credenv: nothing to undo in this shell\n"].concat())
            .check();
        home.credenv(["list"]).stdout("good\n").stderr(DAMAGED).check();
        let nothing = "no profile chosen, and there is no `default`\n";
        home.credenv(["status"]).stdout(nothing).stderr(DAMAGED).check();
    }
    Home::new().config(GOOD).env("CREDENV_STATE", "").credenv(["list"]).stdout("good\n").check();
}

/// The state comes from the environment: whatever it holds is quoted for the shell.
fn a_hostile_state_is_not_executed(shell: &Shell) {
    let before = r"'; touch X; '$(touch X)`touch X`\'; touch X; \'";
    let state = serde_json::json!({
        "v": 2, "prev": before,
        "vars": {"AWS_PROFILE": {"was": {"set": before}, "now": {"set": "here"}, "why": before, "at": [before, 1]}},
    });
    let home = Home::new().directory("empty").env("CREDENV_STATE", state.to_string()).env("AWS_PROFILE", "here");
    let told = Story::new(shell, &home).inside("empty").eval("off").dump("last").play();
    assert_eq!(told.env("last").get("AWS_PROFILE"), Some(before.as_bytes()));
    assert_eq!(home.names_in("empty"), [""; 0], "something in the state was executed");
}
in_every_shell!(a_hostile_state_is_not_executed);

/// A failure behind a switch leaves everything as the switch left it.
fn no_failure_leaves_a_half_applied_environment(shell: &Shell) {
    let home = Home::new().config(format!(
        "[profile good]\nregion = eu-west-1\n[profile circle]\nrole_arn = x\nsource_profile = circle\n[profile \
         web]\nrole_arn = x\nweb_identity_token_file = gone\n[profile long]\nregion = {}\n[profile nul]\nregion = \0\n",
        "x".repeat(200_000)
    ));
    let mut story = Story::new(shell, &home).eval("use good").dump("good");
    for name in ["circle", "web", "long", "nul", "nope"] {
        story = story.eval_and(&format!("use {name} 2>/dev/null"), "echo deployed").status(name).dump(name);
    }
    let told = story.play();
    for name in ["circle", "web", "long", "nul", "nope"] {
        assert_eq!(told.status(name), 1, "{name}");
        told.env(name).must_be(&told.env("good"), name);
    }
}
in_every_shell!(no_failure_leaves_a_half_applied_environment);

#[test]
fn the_persons_own_config_is_checked_with_its_line() {
    let config = |text: &[u8]| Home::new().config(GOOD).file(".config/credenv/config.yml", text);
    for text in [&b""[..], b"\n", b"# nothing\n", b"---\n", b"protected: []\n", b"\xef\xbb\xbfprotected: []\n"] {
        finds(&config(text), "good\n");
    }
    let cases: [(&[u8], &str); 6] = [
        (b"protectd: [x]\n", ":1:1: unknown key `protectd`\n  hint: did you mean `protected`?"),
        (b"quiet: false\nprotected: x\n", ":2:12: `protected` must be a list, but is text"),
        (
            b"protected: [x\n",
            ":2:1: did not find expected ',' or ']', while parsing a flow sequence that begins in line 1",
        ),
        (b"protected: [x]\nprotected: [y]\n", ":2:1: the key `protected` appears twice"),
        (b"\xff\xfe\0\0", ":1:1: it is not UTF-8"),
        (b"a\x1b[31m: &x [*x]\n", ":1:2: a control character stands in it"),
    ];
    for (text, words) in cases {
        let told = format!("credenv: [HOME]/.config/credenv/config.yml{words}\n");
        config(text).credenv(USE_GOOD).stdout("false;\n").stderr(told).code(1).check();
    }
    let directory = Home::new().config(GOOD).directory(".config/credenv/config.yml");
    refuses(&directory, "credenv: cannot read [HOME]/.config/credenv/config.yml: it is a directory\n");
    let large = config(&b"# \n".repeat(1 << 19));
    refuses(&large, "credenv: cannot read [HOME]/.config/credenv/config.yml: it is larger than 1 MiB\n");
}

/// Random files made of pieces that mean something: no command may panic on them.
#[test]
fn no_mix_of_lines_makes_credenv_panic() {
    const PIECES: &[&[u8]] = &[
        b"[",
        b"]",
        b"\n",
        b"\n",
        b"\r\n",
        b"\n[profile good]\n",
        b"\n[good]\n",
        b"[default]",
        b"[profile default]",
        b"=",
        b" = ",
        b"region",
        b"\n region = x",
        b"\n\t",
        b" ",
        b"#",
        b" ; ",
        b"\"",
        b"'",
        b"\\",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        "\u{1b}ä\u{2028}".as_bytes(),
        b"role_arn = arn:aws:iam::1:role/",
        b"\nsource_profile = good",
        b"\nsso_session = s",
        b"\n[sso-session s]\n",
        b"\naws_access_key_id = A",
        b"\naws_secret_access_key = S",
        b"\ns3 =\n  a = b",
        b"\nweb_identity_token_file = ~",
        b"\ncredential_process = x",
        b"profile",
        b":::::::",
        b"\n[services x]\n",
    ];
    let seed = seed_from_environment();
    let mut random = Random::new(seed);
    for round in 0..60 {
        let mut mix = || -> Vec<u8> { (0..random.below(60)).flat_map(|_| random.one_of(PIECES).to_vec()).collect() };
        // No program of the machine's plays a part: the doctor would ask each for its version.
        let home = Home::new()
            .env("PATH", "/nowhere")
            .config(mix())
            .credentials(mix())
            .file(".config/credenv/config.yml", if round % 4 == 0 { mix() } else { Vec::new() });
        for command in [
            &["list", "--json"][..],
            &["list", "--long"],
            &["show", "good", "--json"],
            &["show", "good"],
            &USE_GOOD,
            &["use", "good", "--creds", "--shell", "json"],
            &["doctor"],
        ] {
            let (stdout, _) = home.credenv(command).any_stdout().any_stderr().any_code_but_a_bug().check();
            let whole = stdout.is_empty() || stdout.ends_with('\n');
            assert!(whole && !stdout.contains('\u{1b}'), "seed {seed}, round {round}, {command:?}: {stdout:?}");
        }
    }
}
