//! What a release holds and where it lies once it is installed; that it is made alike each time, and found by its name.

use std::collections::BTreeSet;
use std::ffi::OsString;

use credenv::shells;
use serde_json::Value as Json;

use crate::support::{CREDENV, Home, is_missing, own_source, process_variable, source};

/// The second in which all of it was made: 2023-11-14 22:13:20.
const MOMENT: &str = "1700000000";

/// The target of the binary under test.
const TARGET: &str =
    if cfg!(target_arch = "aarch64") { "aarch64-unknown-linux-gnu" } else { "x86_64-unknown-linux-gnu" };

/// What lies below the prefix everywhere, besides the manual pages and the documents.
const INSTALLED: [&str; 8] = [
    "bin/credenv",
    "share/bash-completion/completions/credenv",
    "share/credenv/completions/credenv.elv",
    "share/credenv/completions/credenv.nu",
    "share/credenv/completions/credenv.ps1",
    "share/credenv/completions/credenv.tcsh",
    "share/credenv/completions/credenv.xsh",
    "share/fish/vendor_completions.d/credenv.fish",
];

/// A home in which things are packed.
fn home() -> Home {
    Home::new()
        .env("SOURCE_DATE_EPOCH", MOMENT)
        .env("TZ", "UTC")
        .env("DEBFULLNAME", "Jo Doe")
        .env("DEBEMAIL", "jo@example.com")
        .env("DPKG_DEB_COMPRESSOR_TYPE", "none")
}

fn script(name: &str) -> String {
    own_source().join("packaging").join(name).into_os_string().into_string().unwrap()
}

/// The names in a directory of the source tree that end so.
fn sources(directory: &str, ending: &str) -> Vec<String> {
    let names = Home::new().names_in(own_source().join(directory));
    let names = names.into_iter().map(|name| name.into_string().unwrap());
    names.filter(|name| name.ends_with(ending)).collect()
}

/// The manual pages and what the README leads to, below the prefix.
fn pages_and_documents(ending_of_pages: &str) -> Vec<String> {
    let below = |directory: &str, names: Vec<String>, ending: &str| -> Vec<String> {
        names.iter().map(|name| format!("share/{directory}/{name}{ending}")).collect()
    };
    [
        below("man/man1", sources("docs/man", ".1"), ending_of_pages),
        below("doc/credenv/docs", sources("docs", ".md"), ""),
        below("doc/credenv/docs/pictures", sources("docs/pictures", ".svg"), ""),
    ]
    .concat()
}

/// Each of these files and each directory on the way to it as `MODE OWNER PATH`, in the order of their paths; a directory
/// ends in a slash.
fn listed(top: &str, files: &[String], programs: &[&str]) -> BTreeSet<String> {
    let mut entries = BTreeSet::new();
    for file in files {
        let mode = if programs.contains(&file.as_str()) { "rwxr-xr-x" } else { "rw-r--r--" };
        entries.insert(format!("{mode} root/root {top}{file}"));
        let directories = file.match_indices('/').map(|(at, _)| &file[..=at]);
        entries.extend(directories.chain([""]).map(|directory| format!("rwxr-xr-x root/root {top}{directory}")));
    }
    entries
}

/// What a program lists as mode, owner, size, date, time and path, without the size, all of it from [`MOMENT`].
fn entries(list: &str) -> BTreeSet<String> {
    let entry = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [mode, owner, _, date, time, path] = words[..] else { panic!("{line}") };
        assert!(date == "2023-11-14" && time.starts_with("22:13"), "{line}");
        // Python's list does not say in front of the mode what kind of entry it is.
        format!("{} {owner} {path}", &mode[1..])
    };
    list.lines().map(entry).collect()
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// The name of the directory in an archive.
fn top_of(target: &str) -> String {
    format!("credenv-{}-{target}", env!("CARGO_PKG_VERSION"))
}

#[test]
fn an_archive_holds_everything_where_programs_look_for_it() {
    let home = home().file("built/credenv", "the binary\n");
    let (built, dist) = (home.path("built"), home.path("dist"));
    let (built, dist) = (built.to_str().unwrap(), dist.to_str().unwrap());
    home.run("sh", [&script("release"), "x86_64-unknown-linux-musl", built, dist]).check();

    let name = top_of("x86_64-unknown-linux-musl");
    let archive = format!("{name}.tar.gz");
    assert_eq!(home.names_in("dist"), [archive.as_str(), &format!("{archive}.sha256")]);
    let list = home.run("python3", ["-m", "tarfile", "-v", "-l", &format!("dist/{archive}")]).any_stdout().check().0;
    let documents = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "SECURITY.md"];
    let files = [
        strings(&INSTALLED),
        strings(&["share/zsh/site-functions/_credenv"]),
        documents.iter().map(|name| format!("share/doc/credenv/{name}")).collect(),
        pages_and_documents(""),
    ];
    let mut expected = listed(&format!("{name}/"), &files.concat(), &["bin/credenv"]);
    expected.retain(|entry| !entry.ends_with('/'));
    assert_eq!(entries(&list), expected);
    let paths = list.split_whitespace().filter(|word| word.starts_with("credenv-"));
    assert!(paths.is_sorted(), "{list}");
    let of_completion =
        |file: &&String| !file.contains("/man") && (file.contains("completions") || file.contains("functions"));
    assert_eq!(files.concat().iter().filter(of_completion).count(), sources("completions", "").len());

    // This is what the README says to type; what was closed to others stays so.
    let unpack = "mkdir -m 700 prefix prefix/share && cd dist && sha256sum --quiet --check *.sha256 && \
                  tar -xzf credenv-*.tar.gz --strip-components=1 -C ../prefix && ls -ld ../prefix/share | cut -c 1-10";
    home.run("sh", ["-c", unpack]).stdout("drwx------\n").check();
    assert_eq!(home.read("prefix/bin/credenv"), b"the binary\n");
    for (installed, file) in [
        ("share/bash-completion/completions/credenv", "completions/credenv.bash"),
        ("share/zsh/site-functions/_credenv", "completions/_credenv"),
        ("share/credenv/completions/credenv.nu", "completions/credenv.nu"),
        ("share/man/man1/credenv-use.1", "docs/man/credenv-use.1"),
        ("share/doc/credenv/docs/guide.md", "docs/guide.md"),
    ] {
        assert_eq!(home.read(format!("prefix/{installed}")), source(file), "{installed}");
    }
}

#[test]
fn on_windows_the_program_lies_on_top_and_the_rest_beside_it() {
    let home = home().file("built/credenv.exe", "the binary\n").mode("built/credenv.exe", 0o755);
    let (built, dist) = (home.path("built"), home.path("dist"));
    let (built, dist) = (built.to_str().unwrap(), dist.to_str().unwrap());
    home.run("sh", [&script("release"), "x86_64-pc-windows-msvc", built, dist]).check();

    let name = top_of("x86_64-pc-windows-msvc");
    let archive = format!("{name}.zip");
    assert_eq!(home.names_in("dist"), [archive.as_str(), &format!("{archive}.sha256")]);
    let unpack = "cd dist && sha256sum --quiet --check *.sha256 && python3 -m zipfile -e *.zip ..";
    home.run("sh", ["-c", unpack]).check();
    assert_eq!(home.read(format!("{name}/credenv.exe")), b"the binary\n");
    let top = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "SECURITY.md", "completions"];
    assert_eq!(home.names_in(&name), [&top[..], &["credenv.exe", "docs"]].concat());
    assert_eq!(home.names_in(format!("{name}/completions")), home.names_in(own_source().join("completions")));
    let documents = [sources("docs", ".md"), strings(&["pictures"])].concat();
    let in_it: BTreeSet<_> = home.names_in(format!("{name}/docs")).into_iter().collect();
    assert_eq!(in_it, documents.into_iter().map(Into::into).collect());
}

#[test]
fn the_same_files_make_the_same_bytes_whoever_packs_them() {
    let home = home().file("built/credenv", "the binary\n").file("built/credenv.exe", "the binary\n");
    let packs = |umask: &str, where_to: &str| {
        for target in ["aarch64-apple-darwin", "x86_64-pc-windows-msvc"] {
            let line = format!("umask {umask}; exec sh \"$0\" {target} built {where_to}");
            home.run("sh", ["-c", &line, &script("release")]).check();
        }
    };
    packs("022", "first");
    // The same bytes, made at another moment.
    home.write("built/credenv", "the binary\n");
    packs("077", "second");
    let mut packed = 4;
    if !is_missing("dpkg-deb") && !is_missing("readelf") {
        // Some program of this machine, since ours takes longer to pack.
        for (umask, where_to) in [("022", "first"), ("077", "second")] {
            let line = format!(
                "umask {umask}; cp \"$(command -v cat)\" built/credenv; exec sh \"$0\" {TARGET} built {where_to}"
            );
            home.run("sh", ["-c", &line, &script("deb")]).check();
        }
        packed += 2;
    }
    let names = home.names_in("first");
    assert_eq!(names.len(), packed);
    for name in names {
        let of = |directory: &str| home.read(format!("{directory}/{}", name.to_str().unwrap()));
        assert!(of("first") == of("second"), "{}", name.display());
    }
}

#[test]
fn a_binary_for_another_machine_is_not_packed() {
    if is_missing("dpkg-deb") || is_missing("readelf") {
        return;
    }
    let home = home();
    let other = if TARGET.starts_with("aarch64") { "x86_64-unknown-linux-musl" } else { "aarch64-unknown-linux-musl" };
    let run = |target: &str| {
        let line =
            format!("mkdir -p built; cp \"$(command -v cat)\" built/credenv; exec sh \"$0\" {target} built dist");
        home.run("sh", ["-c", &line, &script("deb")]).code(1)
    };
    run(other).stderr(format!("deb: built/credenv is not for {other}\n")).check();
    let unknown = "riscv64gc-unknown-linux-gnu";
    run(unknown).stderr(format!("deb: no architecture of Debian is known for {unknown}\n")).check();
    assert!(!home.has("dist"));
}

/// The targets and the names of their archives, as the script tells them.
fn archives(home: &Home) -> Vec<(String, String)> {
    let (told, _) = home.run("sh", [&script("release"), "--names"]).any_stdout().check();
    told.lines().filter_map(|line| line.split_once(' ')).map(|(target, name)| (target.into(), name.into())).collect()
}

#[test]
fn cargo_binstall_finds_each_archive_and_the_program_in_it() {
    let home = home();
    let manifest = own_source().join("Cargo.toml");
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"];
    let arguments = arguments.into_iter().chain([manifest.to_str().unwrap()]);
    let (metadata, _) = home.run(env!("CARGO"), arguments).any_stdout().check();
    let metadata: Json = serde_json::from_str(&metadata).unwrap();
    let binstall = &metadata["packages"][0]["metadata"]["binstall"];
    let archives = archives(&home);
    for (target, archive) in &archives {
        let told = |key: &str| {
            let template = binstall["overrides"][target].get(key).or(binstall.get(key)).unwrap();
            let ending = if target.contains("windows") { ".exe" } else { "" };
            let values =
                [("{ repo }", "REPO"), ("{ name }", "credenv"), ("{ bin }", "credenv"), ("{ target }", target)];
            let more = [("{ version }", env!("CARGO_PKG_VERSION")), ("{ binary-ext }", ending)];
            let rendered = values.iter().chain(&more);
            rendered.fold(template.as_str().unwrap().to_owned(), |text, (name, value)| text.replace(name, value))
        };
        let place = format!("REPO/releases/download/v{}/{archive}", env!("CARGO_PKG_VERSION"));
        assert_eq!(told("pkg-url"), place);
        let (format, binary) = if target.contains("windows") { ("zip", "credenv.exe") } else { ("tgz", "bin/credenv") };
        assert_eq!((told("pkg-fmt").as_str(), told("bin-dir")), (format, format!("{}/{binary}", top_of(target))));
    }
    // An override of a target that nobody packs would be a slip of the pen.
    for target in binstall["overrides"].as_object().unwrap().keys() {
        assert!(archives.iter().any(|(packed, _)| packed == target), "{target}");
    }
}

#[test]
fn the_workflow_packs_what_the_script_knows() {
    let workflow = String::from_utf8(source(".github/workflows/ci.yml")).unwrap();
    let built = workflow.lines().filter_map(|line| line.trim().strip_prefix("- { target: ")?.split_once(','));
    let built: Vec<_> = built.map(|(target, _)| target.to_owned()).collect();
    let known = archives(&home()).into_iter().map(|(target, _)| target);
    // glibc is for those who build it themselves.
    assert_eq!(built, known.filter(|target| target != "x86_64-unknown-linux-gnu").collect::<Vec<_>>());
}

/// The compiler and cargo are stood in for: a release takes minutes.
#[test]
fn what_cannot_be_built_here_is_named_and_left_out() {
    let here = "x86_64-unknown-linux-gnu";
    let home = home()
        .directory(format!("lib/{here}"))
        .directory("lib/x86_64-apple-darwin")
        .file("bin/rustc", "#!/bin/sh\nprintf '%s\\n' \"$HOME/lib/$4\"\n")
        .file(
            "bin/cargo",
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$HOME/asked\"\ncase $1 in static) target=x86_64-unknown-linux-gnu ;; \
             *) target=$5 ;; esac\nmkdir -p \"$CARGO_TARGET_DIR/$target/release\"\n\
             echo binary >\"$CARGO_TARGET_DIR/$target/release/credenv\"\n",
        )
        .mode("bin/rustc", 0o755)
        .mode("bin/cargo", 0o755);
    let path = format!("{}:{}", home.path("bin").display(), process_variable("PATH").unwrap());
    let (target, dist) = (home.path("target"), home.path("dist"));
    let home = home.env("PATH", path).env("CARGO_TARGET_DIR", target.to_str().unwrap());
    home.run("sh", [&script("release"), "--all", dist.to_str().unwrap()])
        .stderr(
            "release: x86_64-unknown-linux-musl is not installed, and left out\n\
             release: aarch64-unknown-linux-musl is not installed, and left out\n\
             release: aarch64-apple-darwin is not installed, and left out\n\
             release: x86_64-pc-windows-msvc is not installed, and left out\n",
        )
        .check();
    assert_eq!(
        home.read("asked"),
        b"static --locked\nbuild --locked --release --target x86_64-apple-darwin\n",
        "the static form, and cargo's own"
    );
    let both = ["x86_64-apple-darwin", here].map(|target| format!("{}.tar.gz", top_of(target)));
    let names: Vec<OsString> = both.iter().flat_map(|name| [name.into(), format!("{name}.sha256").into()]).collect();
    assert_eq!(home.names_in("dist"), names);
}

/// The options with which dpkg works in a root of its own: as any user, by no settings of this machine, into no log of its.
const DPKG: &str =
    "dpkg --root=\"$HOME/root\" --log=\"$HOME/log\" --force-not-root --force-unsafe-io --path-include='*'";

/// A home with the package of the binary under test in `dist`, unless there is no dpkg.
fn with_package() -> Option<Home> {
    if is_missing("dpkg-deb") || is_missing("dpkg") || is_missing("readelf") {
        return None;
    }
    let path = process_variable("PATH").unwrap();
    // dpkg asks for programs of the system that the path of a person may not lead to.
    let home = home().env("PATH", format!("{path}:/usr/sbin:/sbin")).directory("built");
    // As a release has it: without what debuggers want to know, which is most of it.
    home.run("strip", ["-o", "built/credenv", CREDENV]).check();
    home.run("sh", [&script("deb"), TARGET, "built", "dist"]).check();
    Some(home)
}

#[test]
fn the_debian_package_is_installed_in_an_empty_root_and_goes_without_a_trace() {
    let Some(home) = with_package() else { return };
    let run = |line: &str| home.run("sh", ["-c", line]);
    let architecture = run("dpkg --print-architecture").any_stdout().check().0.trim().to_owned();
    let file = format!("credenv_{}-1_{architecture}.deb", env!("CARGO_PKG_VERSION"));
    assert_eq!(home.names_in("dist"), [file.as_str(), &format!("{file}.sha256")]);
    run("cd dist && sha256sum --quiet --check *.sha256").check();

    let documents = ["README.Debian", "README.md", "SECURITY.md", "changelog.Debian.gz", "changelog.gz", "copyright"];
    let files = [
        strings(&INSTALLED),
        strings(&["share/zsh/vendor-completions/_credenv", "share/lintian/overrides/credenv"]),
        documents.iter().map(|name| format!("share/doc/credenv/{name}")).collect(),
        pages_and_documents(".gz"),
    ];
    let files: Vec<_> = files.concat().iter().map(|file| format!("usr/{file}")).collect();
    let expected = listed("./", &files, &["usr/bin/credenv"]);
    assert_eq!(entries(&run("dpkg-deb --contents dist/*.deb").any_stdout().check().0), expected);

    // The root is empty but for the C library of this machine, without which the binary of the tests, that is not static,
    // would rightly be refused.
    let record = "mkdir -p root/var/lib/dpkg/info && : >root/var/lib/dpkg/status && cd root/var/lib/dpkg && \
                  for package in libc6 libgcc-s1; do dpkg-query --show --showformat='Package: ${Package}\\n\
                  Status: install ok installed\\nMaintainer: nobody\\nArchitecture: ${Architecture}\\n\
                  Version: ${Version}\\nMulti-Arch: same\\nDescription: a library\\n\\n' $package >>status; \
                  : >\"info/$package:$(dpkg --print-architecture).list\"; done";
    run(record).check();
    let installed = "Selecting previously unselected package credenv.\n\
                     (Reading database ... 0 files and directories currently installed.)\n";
    let (told, _) = run(&format!("{DPKG} --install dist/*.deb")).any_stdout().check();
    assert!(told.starts_with(installed) && told.contains("Setting up credenv ("), "{told}");
    run(&format!("{DPKG} --verify")).check();

    let find = "cd root && find . -mindepth 1 -path ./var -prune -o -printf '%M %P\\n'";
    let found = run(find).any_stdout().check().0;
    let found = found.lines().map(|line| match line.strip_prefix('d') {
        Some(directory) => format!("{directory}/"),
        None => line.trim_start_matches('-').to_owned(),
    });
    let in_root = expected.iter().map(|entry| entry.replacen("root/root ./", "", 1));
    let in_root = in_root.filter(|entry| entry != "rwxr-xr-x ");
    assert_eq!(found.collect::<BTreeSet<_>>(), in_root.collect());

    run("root/usr/bin/credenv --version").stdout(format!("credenv {}\n", env!("CARGO_PKG_VERSION"))).check();
    assert!(home.read("root/usr/bin/credenv") == home.read("built/credenv"), "another binary");
    let text = |line: &str| run(line).any_stdout().check().0;
    assert_eq!(text("gzip -dc root/usr/share/man/man1/credenv-use.1.gz").as_bytes(), source("docs/man/credenv-use.1"));
    assert_eq!(text("gzip -dc root/usr/share/doc/credenv/changelog.gz").as_bytes(), source("CHANGELOG.md"));
    let control = text("dpkg-deb --field dist/*.deb Maintainer Depends");
    assert!(control.starts_with("Maintainer: Jo Doe <jo@example.com>\nDepends: libc6 (>= 2."), "{control}");

    run(&format!("{DPKG} --purge credenv")).any_stdout().check();
    run("cd root && find . -path ./var -prune -o -print").stdout(".\n").check();
    run("ls root/var/lib/dpkg/info/credenv*").any_stderr().code(2).check();
}

/// A home with everything but the program below `usr`.
fn with_prefix() -> Home {
    let home = Home::new().file("built/credenv", "");
    home.run("sh", [&script("install"), "built/credenv", "usr"]).check();
    home
}

#[test]
fn fish_completes_from_the_package_once_also_with_the_integration() {
    if is_missing("fish") {
        return;
    }
    let home = with_prefix();
    let data = home.path("usr/share").into_os_string().into_string().unwrap();
    let home = home.env("XDG_DATA_DIRS", &data).file(".local/share/fish/generated_completions/.keep", "");
    let ask =
        "complete --do-complete 'credenv doct' | string replace --regex '\\t.*' ''; count (complete --command credenv)";
    let answer = "doctor\n1\n";
    for before in ["", "credenv init fish | source; ", "credenv init fish | source; credenv init fish | source; "] {
        home.run("fish", ["-c", &format!("{before}{ask}")]).stdout(answer).check();
    }
    home.run("fish", ["-c", &format!("{ask}; credenv init fish | source; {ask}")]).stdout(answer.repeat(2)).check();
}

/// In either order, and with what was completed before.
#[test]
fn bash_and_zsh_take_the_file_of_the_package_beside_the_line_of_init() {
    let home = with_prefix();
    let bash = "/usr/share/bash-completion/bash_completion";
    if !is_missing("bash") && !is_missing(bash) {
        let load = format!("XDG_DATA_DIRS=~/usr/share; . {bash}; set -- $(complete -p -D)");
        let (package, line) = ("\"$3\" credenv", "eval \"$(credenv init bash)\"");
        let told = "complete -p credenv";
        let run = |script: &str| home.run("bash", ["--norc", "-c", &format!("{load}; {script}; {told}")]);
        let (of_package, of_line) = ("complete -F _credenv credenv\n", "complete -F __credenv_complete credenv\n");
        run(&format!("{package}; {told}; {line}")).stdout([of_package, of_line].concat()).check();
        run(&format!("{line}; __credenv_complete; {package}")).stdout(of_package).check();
    }
    if !is_missing("zsh") {
        let load = "fpath=(~/usr/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D -u";
        let line = "eval \"$(credenv init zsh)\"";
        let told = "print $_comps[credenv]";
        let run = |script: &str| home.run("zsh", ["-f", "-c", script]);
        run(&format!("{load}; {told}; {line}; {told}")).stdout("_credenv\n__credenv_complete\n").check();
        run(&format!("{line}; {load}; {told}")).stdout("_credenv\n").check();
    }
}

/// The shells in which the file is loaded by hand, from where the package puts it.
#[test]
fn the_other_shells_load_the_file_from_where_it_lies() {
    let home = with_prefix();
    let files = home.path("usr/share/credenv/completions").into_os_string().into_string().unwrap();
    for (shell, arguments, line, answer) in [
        ("tcsh", &["-f", "-c"][..], format!("source {files}/credenv.tcsh; complete credenv | wc -l"), "1\n"),
        (
            "nu",
            &["--no-config-file", "-c"],
            format!(
                "source {files}/credenv.nu; do $env.config.completions.external.completer [credenv doct] | get value.0"
            ),
            "doctor \n",
        ),
        (
            "xonsh",
            &["--no-rc", "-c"],
            format!("source {files}/credenv.xsh\nprint('credenv' in __xonsh__.completers)"),
            "True\n",
        ),
    ] {
        if !is_missing(shell) {
            home.run(shell, arguments.iter().copied().chain([line.as_str()])).stdout(answer).check();
        }
    }
}

#[test]
fn the_note_for_debian_has_the_line_of_each_shell() {
    let note = String::from_utf8(source("packaging/debian/README.Debian")).unwrap();
    let integrations = shells::DIALECTS.iter().filter(|dialect| dialect.name() != "cmd");
    let mut lines = 0;
    for integration in integrations.filter_map(|dialect| dialect.integration()) {
        // What is a path is said as a path.
        let file = integration.belongs.strip_prefix('~').map(|rest| format!(", ~{rest}")).unwrap_or_default();
        assert!(note.contains(&format!("{file}\n    {}\n", integration.line)), "{file}: {}", integration.line);
        lines += 1;
    }
    assert_eq!(note.matches("\n    ").count(), lines, "a line of no shell");
}

#[test]
fn the_crate_holds_what_it_is_built_of_and_what_is_installed_with_it() {
    let cargo = process_variable("CARGO_HOME").or_else(|| Some(process_variable("HOME")? + "/.cargo")).unwrap();
    let home = Home::new().env("CARGO_HOME", cargo);
    let manifest = own_source().join("Cargo.toml");
    let arguments = ["package", "--list", "--offline", "--allow-dirty", "--manifest-path", manifest.to_str().unwrap()];
    let (list, _) = home.run(env!("CARGO"), arguments).any_stdout().any_stderr().check();
    let has = |start: &str| list.lines().any(|line| line.starts_with(start));
    for part in ["shell/hook.bash", "completions/_credenv", "docs/man/credenv.1", "packaging/install", "LICENSE-MIT"] {
        assert!(has(part), "{part} is missing");
    }
    for part in ["tests/", "benches/", "fuzz/", ".github/", ".ci/", "target/"] {
        assert!(!has(part), "{part} is in it");
    }
}
