//! What the binary tells a shell, to the byte.

use crate::support::{Home, Run, is_missing};

const CONFIG: &str = "[default]\nregion = eu-west-1\n[profile prodProfile]\nsso_session = corp\nsso_account_id = \
                      123456789012\nsso_role_name = Administrator\nregion = eu-west-1\n[profile devProfile]\nrole_arn \
                      = arn:aws:iam::210987654321:role/team/Deploy\nsource_profile = default\nregion = xx-new-9\n[profile \
                      keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n[profile \
                      bare]\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\n";

const SERVERLESS: &str = "service: shop\nprovider:\n  name: aws\n  stage: ${opt:stage, 'dev'}\n  profile: \
                          ${self:custom.profiles.${sls:stage}}\ncustom:\n  profiles:\n    dev: devProfile\n    prod: \
                          prodProfile\n";

fn home() -> Home {
    Home::new().config(CONFIG).file(".config/credenv/config.yml", "protected: [\"*prod*\"]\n")
}

/// What is told of the last of these words, `credenv` being the first.
fn told<'h>(home: &'h Home, words: &[&str]) -> Run<'h> {
    let index = words.len().to_string();
    home.credenv(["__complete", &index, "credenv"].iter().chain(words))
}

/// The values alone.
fn values(home: &Home, words: &[&str]) -> Vec<String> {
    let (stdout, _) = told(home, words).any_stdout().check();
    stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

const PROFILES: &str = "default\teu-west-1\nprodProfile\t123456789012 Administrator eu-west-1, \
                        protected\ndevProfile\t210987654321 Deploy xx-new-9\nkeys\tstatic\nbare\n";

#[test]
fn a_profile_is_told_with_where_it_leads() {
    let home = home();
    for words in [&["use", ""][..], &["exec", ""], &["show", ""], &["link", ""], &["configure", ""]] {
        told(&home, words).stdout(PROFILES).check();
    }
    for words in [
        &["configure", "x", "--source-profile", ""][..],
        &["configure", "x", "--copy", ""],
        &["configure", "--profile", ""],
    ] {
        told(&home, words).stdout(PROFILES).check();
    }
    told(&home, &["use", "pro"]).stdout("prodProfile\t123456789012 Administrator eu-west-1, protected\n").check();
    told(&home, &["use", "--region", "x", "--keep", "bar"]).stdout("bare\n").check();
    told(&home, &["configure", "--profile=ba"]).stdout("--profile=bare\n").check();
    let active = home.env("AWS_PROFILE", "prodProfile");
    told(&active, &["use", "pro"])
        .stdout("prodProfile\t123456789012 Administrator eu-west-1, protected, active\n")
        .check();
}

#[test]
fn the_previous_profile_is_told_to_use_alone() {
    let home = home().env("CREDENV_STATE", r#"{"v":2,"previous":"keys"}"#);
    let state = home.credenv(["use", "--shell", "json", "bare"]).any_stdout().any_stderr().any_status().check();
    assert!(!state.0.is_empty());
    let (stdout, _) = home.credenv(["use", "--shell", "bash", "bare"]).any_stdout().any_stderr().check();
    let state = stdout.lines().find_map(|line| line.strip_prefix("export CREDENV_STATE='")).unwrap();
    let state = state.strip_suffix("';").unwrap().to_owned();
    let home = home.env("AWS_PROFILE", "bare").env("CREDENV_STATE", state);
    let (stdout, _) = home.credenv(["use", "--shell", "bash", "keys"]).any_stdout().check();
    let state = stdout.lines().find_map(|line| line.strip_prefix("export CREDENV_STATE='")).unwrap();
    let home = home.env("CREDENV_STATE", state.strip_suffix("';").unwrap());
    told(&home, &["use", "-"])
        .stdout(
            "-\tthe previous profile: bare\n--stage\tThe profile that the project here uses for this \
             stage\n--region\tThe region, instead of the profile's own\n--creds\tExport keys, for tools that cannot \
             follow the profile\n--ca\tTrust these certificates, passed on as text\n--cafile\tTrust these \
             certificates, passed on as a path\n--keep\tStay on this profile in every project you enter\n--yes\tSwitch \
             to a protected profile without asking\n--shell\tThe shell to write for; detected if left \
             out\n--help\tPrint help\n",
        )
        .check();
    assert_eq!(values(&home, &["use", ""])[0], "-");
    assert_eq!(values(&home, &["exec", ""])[0], "default");
}

#[test]
fn commands_flags_and_values_are_those_of_the_definitions() {
    let home = home();
    let (help, _) = home.credenv(["--help"]).any_stdout().check();
    let listed: Vec<_> = help
        .lines()
        .skip_while(|line| !line.starts_with("  "))
        .map_while(|line| line.strip_prefix("  "))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, about)| format!("{name}\t{}\n", about.trim()))
        .collect();
    told(&home, &[""]).stdout(listed.concat()).check();
    told(&home, &["-"]).stdout("--help\tPrint help\n--version\tPrint version\n").check();
    told(&home, &["li"])
        .stdout("list\tList your profiles\nlink\tWrite the profile of this directory to its `.credenv.yml`\n")
        .check();
    // A long and a JSON list exclude each other; a flag is given once.
    assert_eq!(values(&home, &["list", "-"]), ["--kind", "--sort", "--long", "--json", "--help"]);
    assert_eq!(values(&home, &["list", "-l", "-"]), ["--kind", "--sort", "--help"]);
    assert_eq!(values(&home, &["use", "prod", "--ke"]), ["--keep"]);
    assert_eq!(values(&home, &["use", "prod", "--keep", "--ke"]), [""; 0]);
    assert_eq!(values(&home, &["use", "prod", "--st"]), [""; 0]);
    assert_eq!(values(&home, &["configure", "x", "--set", "a=b", "--se"]), ["--secret-stdin", "--set"]);
    assert_eq!(values(&home, &["configure", "x", "--secret"]), ["--secret-stdin"]);
    assert_eq!(values(&home, &["use", "--shell", "z"]), ["zsh"]);
    assert_eq!(values(&home, &["use", "--shell=z"]), ["--shell=zsh"]);
    assert_eq!(values(&home, &["init", "f"]), ["fish"]);
    assert_eq!(values(&home, &["completions", "x"]), ["xonsh"]);
    assert_eq!(
        values(&home, &["configure", "x", "--credential-source", "E"]),
        ["Environment", "Ec2InstanceMetadata", "EcsContainer"]
    );
    assert_eq!(values(&home, &["configure", "x", "--output", "ya"]), ["yaml", "yaml-stream"]);
    told(&home, &["configure", "x", "--sso-session", ""]).stdout("corp\thttps://corp.awsapps.com/start\n").check();
    for nothing in [
        &["hook", ""][..],
        &["__complete", ""],
        &["nosuch", ""],
        &["use", "--nosuch", ""],
        &["use", "a", ""],
        &["use", "--help", ""],
        &["ho"],
        &["use", "--region", "-"],
    ] {
        let nothing = values(&home, nothing);
        assert!(nothing.iter().all(|value| value.starts_with("--")), "{nothing:?}");
    }
}

#[test]
fn a_region_is_one_of_aws_or_one_that_the_person_uses() {
    let home = home();
    told(&home, &["use", "--region", "eu-w"])
        .stdout("eu-west-1\tEurope (Ireland)\neu-west-2\tEurope (London)\neu-west-3\tEurope (Paris)\n")
        .check();
    told(&home, &["exec", "--region=xx"]).stdout("--region=xx-new-9\n").check();
    assert!(values(&home, &["use", "--region", ""]).len() > 35);
}

#[test]
fn a_variable_is_told_with_its_value_and_no_secret_is_shown() {
    let home = home().env("AWS_REGION", "eu-north-1").env("AWS_SECRET_ACCESS_KEY", "verysecret");
    told(&home, &["why", "AWS_REG"]).stdout("AWS_REGION\teu-north-1\n").check();
    let (stdout, _) = told(&home, &["why", "AWS_SE"]).any_stdout().check();
    assert_eq!(
        stdout,
        "AWS_SECRET_ACCESS_KEY\t********\nAWS_SECURITY_TOKEN\nAWS_SESSION_EXPIRATION\nAWS_SESSION_TOKEN\n"
    );
}

#[test]
fn a_stage_is_one_of_the_nearest_project_that_is_trusted() {
    let home =
        home().file("shop/serverless.yml", SERVERLESS).file("shop/below/.credenv.yml", "stages: {never: keys}\n");
    let inside = |directory: &str, words: &[&str], expected: &str| {
        told(&home, words).inside(directory).stdout(expected).check();
    };
    for words in [
        &["use", "--stage", ""][..],
        &["exec", "--stage", ""],
        &["project", "--stage", ""],
        &["link", "keys", "--stage", ""],
    ] {
        inside("shop", words, "");
    }
    home.credenv(["allow"]).inside("shop").any_stdout().any_stderr().check();
    for directory in ["shop", "shop/below"] {
        for words in [
            &["use", "--stage", ""][..],
            &["exec", "--stage", ""],
            &["project", "--stage", ""],
            &["link", "keys", "--stage", ""],
        ] {
            inside(directory, words, "dev\tdevProfile\nprod\tprodProfile\n");
        }
    }
    inside("shop", &["use", "--stage=p"], "--stage=prod\tprodProfile\n");
    // What was allowed is no longer what it says.
    home.rewrite("shop/serverless.yml", SERVERLESS.replace("prod: prodProfile", "prod: keys"));
    inside("shop", &["use", "--stage", ""], "");
}

#[test]
fn a_name_that_begins_with_a_dash_is_told_where_it_can_be_read() {
    let home = Home::new().config("[profile -dash]\n[profile --keep]\n[profile -]\n");
    assert_eq!(values(&home, &["use", ""]), ["-"]);
    assert_eq!(values(&home, &["use", "--", ""]), ["-dash", "--keep", "-"]);
    assert_eq!(values(&home, &["use", "--", "-d"]), ["-dash"]);
    assert_eq!(values(&home, &["configure", "--profile=-d"]), ["--profile=-dash"]);
    assert_eq!(values(&home, &["configure", "--profile", ""]), ["-"]);
    let (stdout, _) = home.credenv(["exec", "--", "-dash"]).any_stdout().any_stderr().any_status().check();
    assert_eq!(stdout, "");
    home.credenv(["show", "--", "-dash"]).any_stdout().check();
}

#[test]
fn what_is_not_ours_to_complete_is_left_to_the_shell() {
    let home = home();
    for words in [&["exec", "keys", ""][..], &["exec", "--stage", "dev", ""]] {
        told(&home, words).stdout("--\tThe command and its arguments\n").check();
    }
    told(&home, &["exec", "keys", "--", ""]).stdout("\tcommand 4\n").check();
    told(&home, &["exec", "keys", "--", "git", "--", "ch"]).stdout("\tcommand 4\n").check();
    told(&home, &["exec", "--", "ls", "-"]).stdout("\tcommand 3\n").check();
    for words in [&["allow", ""][..], &["deny", "x"], &["configure", "x", "--ca-bundle", ""]] {
        told(&home, words).stdout("\tfiles\n").check();
    }
}

#[test]
fn words_behind_the_cursor_and_words_that_are_no_text_do_no_harm() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt as _;
    let home = home();
    home.credenv(["__complete", "2", "credenv", "use", "ba", "--nosuch"]).stdout("bare\n").check();
    let odd: Vec<OsString> = [&b"__complete"[..], b"3", b"credenv", b"\xff", b"\xff", b""]
        .iter()
        .map(|word| OsStr::from_bytes(word).into())
        .collect();
    home.credenv(&odd).check();
    home.credenv(odd[..4].iter().chain(&odd[3..4])).check();
    for arguments in [
        &[][..],
        &["0"],
        &["0", "credenv"],
        &["x", "credenv"],
        &["7", "credenv", "use", ""],
        &["-1"],
        &["2", "credenv"],
        &["18446744073709551615", "credenv"],
        &["--tcsh"],
        &["--all"],
        &["--help"],
    ] {
        home.credenv(["__complete"].iter().chain(arguments)).check();
    }
}

#[test]
fn all_is_told_to_a_shell_that_chooses_itself() {
    let home = home();
    home.credenv(["__complete", "--all", "2", "credenv", "use", "ELSE"]).stdout(PROFILES).check();
    let (stdout, _) =
        home.credenv(["__complete", "--all", "2", "credenv", "exec", "--region=zzz"]).any_stdout().check();
    assert!(stdout.starts_with("--region=af-south-1\tAfrica (Cape Town)\n"), "{stdout}");
}

#[test]
fn tcsh_is_told_values_alone_and_only_those_that_it_can_take() {
    let home = home().config(
        "[profile a]\nregion = x\n[profile 'x y']\n[profile '~x']\n[profile '{a,b}']\n[profile a*]\n[profile \"a*\"]\n",
    );
    for (line, expected) in [
        ("credenv use ", "a\na*\n"),
        ("cd /; credenv use a", "a\na*\n"),
        ("credenv use 'a*", "a*\n"),
        ("credenv exec a -- l", ""),
        ("credenv exec a ", "--\n"),
        ("credenv sta", "status\n"),
    ] {
        let home = Home::new().config(home.read(".aws/config")).env("COMMAND_LINE", line);
        home.credenv(["__complete", "--tcsh"]).stdout(expected).check();
    }
}

#[test]
fn what_a_line_or_a_terminal_cannot_hold_is_left_out() {
    let home = Home::new().config("[profile 'a\u{202e}b']\n[profile ok]\nregion = a\tb\u{1b}[31m\n  c\n");
    told(&home, &["use", ""]).stdout("ok\ta\\tb\\u{1b}[31m\\nc\n").check();
}

#[test]
fn of_more_than_a_thousand_only_the_names_are_told() {
    let section = |at: usize| format!("[profile p{at:04}]\nregion = r\n");
    let many = |count: usize| (0..count).map(section).collect::<Vec<_>>().concat();
    let home = Home::new().config(many(1_000));
    assert!(told(&home, &["use", ""]).any_stdout().check().0.starts_with("p0000\tr\n"));
    let home = Home::new().config(many(1_001));
    let (stdout, _) = told(&home, &["use", ""]).any_stdout().check();
    assert!(stdout.starts_with("p0000\np0001\n") && stdout.lines().count() == 1_001);
    told(&home, &["use", "p100"]).stdout("p1000\tr\n").check();
}

/// Whatever is wrong, nothing is said: not a word, and no status that a shell would show.
#[test]
fn damage_is_met_with_silence() {
    let words: [&[&str]; 6] = [
        &["use", ""],
        &["use", "--stage", ""],
        &["use", "--region", "eu-west-1"],
        &["why", "AWS_PROFILE"],
        &["configure", "--sso-session", ""],
        &["sta"],
    ];
    let region = "eu-west-1\tEurope (Ireland)\n";
    let nothing = ["", "", region, "AWS_PROFILE\n", "", "status\tShow which identity is active, why, and until when\n"];
    let silent = |home: &Home, expected: [&str; 6]| {
        for (words, expected) in words.iter().zip(expected) {
            told(home, words).stdout(expected).check();
        }
    };
    silent(&Home::new(), nothing);
    let homeless = ["env", "-u", "HOME", "credenv", "__complete", "2", "credenv", "use", ""];
    home().run(homeless[0], &homeless[1..]).check();
    silent(&Home::new().directory(".aws/config").directory(".aws/credentials"), nothing);
    silent(&Home::new().config(b"\xff\xfe[\0\n[profile \xff]\nregion\n=\n"), nothing);
    silent(&Home::new().env("CREDENV_STATE", "{damaged"), nothing);
    let damaged = home().file(".config/credenv/config.yml", "protected: [\n");
    told(&damaged, &["use", "pro"]).stdout("prodProfile\t123456789012 Administrator eu-west-1\n").check();
    let locked = Home::new().config("[profile a]\n").credentials("[b]\n");
    if locked.lock(".aws/credentials") {
        silent(&locked, ["a\n", nothing[1], nothing[2], nothing[3], nothing[4], nothing[5]]);
    }
    let broken = home().file(".credenv.yml", "profile: [\n");
    silent(&broken, [PROFILES, "", region, nothing[3], "corp\thttps://corp.awsapps.com/start\n", nothing[5]]);
}

#[test]
fn it_reads_a_few_files_writes_none_and_starts_nothing() {
    if is_missing("strace") {
        return;
    }
    let home = home().file("shop/serverless.yml", SERVERLESS).credentials("[keys]\n");
    // The files of the target directory are none of what is looked for.
    home.link_binary("..");
    let calls = |words: &[&str]| {
        let index = words.len().to_string();
        let (ours, trace) = (home.path("../credenv"), home.path("../trace"));
        let arguments = [
            "-f",
            "-qq",
            "-e",
            "signal=none",
            "-e",
            "trace=process,network,openat,open,creat,mkdir,rename,unlink",
            "-o",
        ];
        let arguments = arguments
            .iter()
            .map(|word| (*word).to_owned())
            .chain([trace.display().to_string(), ours.display().to_string()]);
        let words = ["__complete".to_owned(), index, "credenv".to_owned()]
            .into_iter()
            .chain(words.iter().map(|word| (*word).to_owned()));
        home.run("strace", arguments.chain(words)).inside("shop").any_stdout().check();
        let trace = String::from_utf8(home.read("../trace")).unwrap();
        let inside = home.path("..").canonicalize().unwrap().display().to_string();
        let mut opened = Vec::new();
        for line in trace.lines() {
            let call = line.split_once(' ').unwrap().1.trim_start();
            assert!(!call.contains("O_WRONLY") && !call.contains("O_RDWR") && !call.contains("O_CREAT"), "{call}");
            if let Some(path) =
                call.split('"').nth(1).filter(|path| call.starts_with("open") && path.starts_with(&inside))
            {
                opened.push(path.replace(&inside, ""));
            }
            let harmless = ["execve(", "open", "exit_group(", "+++", "wait4"];
            assert!(harmless.iter().any(|harmless| call.starts_with(harmless)), "{call}");
        }
        assert_eq!(trace.matches("execve(").count(), 1);
        opened
    };
    assert_eq!(calls(&[""]), [""; 0]);
    assert_eq!(calls(&["use", "--"]), [""; 0]);
    let all = ["/home/.config/credenv/config.yml", "/home/.aws/config", "/home/.aws/credentials"];
    assert_eq!(calls(&["use", ""]), all);
    assert_eq!(calls(&["use", "--region", ""]), all);
    // The file itself is not read before it was allowed.
    let record = calls(&["use", "--stage", ""]);
    assert!(!record.iter().any(|path| path.ends_with("serverless.yml")), "{record:?}");
}
