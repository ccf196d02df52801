//! Windows PowerShell 5.1 and PowerShell 7, on every system.
//!
//! What is printed is ASCII: a program's output reaches PowerShell through an encoding that nobody knows, and four
//! typographic quotes end a string there as well.

use super::{AT_HOME, Dialect, Integration, Keeper, Refusal, aside, completion};
use crate::core::delta::Delta;
use crate::core::vars::VarName;
use crate::core::watch::{Bare, PathBytes, SAID, Standing, Watch};

/// Windows PowerShell 5.1 and PowerShell 7.
pub(super) struct PowerShell;

static INTEGRATION: Integration = Integration {
    line: "credenv init powershell | Out-String | Invoke-Expression",
    belongs: "the file that `$PROFILE` names",
    files: &[
        ".config/powershell/profile.ps1",
        "Documents/PowerShell/profile.ps1",
        "Documents/PowerShell/Microsoft.PowerShell_profile.ps1",
        "Documents/WindowsPowerShell/profile.ps1",
        "Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1",
    ],
    // On Windows, 5.1 and 7 have one each, and the directory of documents may have been moved.
    rc: if cfg!(windows) {
        &[]
    } else {
        &[(Some("XDG_CONFIG_HOME"), ".config", "powershell/Microsoft.PowerShell_profile.ps1")]
    },
    place: "prompt",
    taken_by: &["function prompt", "function global:prompt"],
    function: "__credenv_hook",
    ..AT_HOME
};

/// The longest value that Windows keeps, in its own units of text; other systems have no such limit.
const LONGEST: usize = 32_766;

/// How many seconds a shell is told to wait at most.
const LONGEST_WAIT: u64 = 1_000_000;

impl Dialect for PowerShell {
    fn name(&self) -> &'static str {
        "powershell"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["pwsh"]
    }

    fn set(&self, name: &VarName, value: &[u8], script: &mut Vec<u8>) -> Result<(), Refusal> {
        let text = std::str::from_utf8(value)
            .map_err(|_| Refusal { what: "it is no valid UTF-8", hint: "`credenv exec` passes it on unchanged" })?;
        if cfg!(windows) {
            has_room_on_windows(text)?;
        }
        push(script, &format!("$env:{name} = "));
        quote(text, script);
        push(script, ";\n");
        Ok(())
    }

    fn unset(&self, name: &VarName, script: &mut Vec<u8>) -> Result<(), Refusal> {
        push(script, &gone(name));
        Ok(())
    }

    /// `Invoke-Expression` takes no nothing.
    fn frame(&self, script: Vec<u8>, _delta: &Delta) -> Vec<u8> {
        if script.is_empty() { b"#\n".to_vec() } else { script }
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(&PowerShellKeeper)
    }

    fn counts_seconds(&self) -> bool {
        true
    }

    fn failing_statement(&self) -> &'static str {
        "throw 'credenv: nothing was changed';\n"
    }

    /// .NET's own calls, since each cmdlet costs as much as all of them. They know nothing of the directory that PowerShell
    /// is in, so every path is an absolute one; and of a symlink they tell its own time, so what it leads to is asked.
    fn check(&self, watch: &Watch, script: &mut Vec<u8>) {
        let directory = text(&watch.directory);
        let mut conditions = vec![format!("[string]::Equals($PWD.ProviderPath, {})", quoted(&directory))];
        // Its directory is a name to PowerShell: what is started there is started in what has that name then.
        match watch.standing {
            Standing::There => conditions.push(exists("Directory", &directory)),
            Standing::Gone => conditions.push(absent(&directory)),
            Standing::Elsewhere => {}
        }
        let real = |path: &[u8]| {
            let leading = watch.leading.iter().find(|(named, _)| named == path);
            text(leading.map_or(path, |(_, real)| real))
        };
        // What is not there has a time as well, the same for all: where the reference is there, so is what equals it.
        for (file, reference) in &watch.unchanged {
            conditions.push(exists("File", &text(reference)));
            conditions.push(format!("{} -eq {}", ticks(&real(file)), ticks(&text(reference))));
        }
        for (file, reference) in &watch.not_newer {
            conditions.push(exists("File", &text(file)));
            conditions.push(format!("{} -le {}", ticks(&real(file)), ticks(&text(reference))));
        }
        let links = links(&watch.leading);
        for (number, link) in links.iter().enumerate() {
            conditions.push(format!("{} -eq $global:__credenv_links[{number}]", ticks(link)));
        }
        conditions.extend(watch.absent.iter().map(|path| absent(&text(path))));
        // `$env:` goes through a provider, which takes forty times as long.
        for (name, value) in &watch.variables {
            let now = format!("[Environment]::GetEnvironmentVariable('{name}')");
            conditions.push(match value.as_deref().map(text) {
                None => format!("$null -eq {now}"),
                Some(value) => format!("$null -ne {now} -and [string]::Equals({now}, {})", quoted(&value)),
            });
        }
        let seconds = watch.look_again_in.map(|seconds| seconds.min(LONGEST_WAIT));
        if seconds.is_some() {
            conditions.push("[DateTime]::UtcNow.Ticks -lt $global:__credenv_until".to_owned());
        }
        if watch.unsure {
            conditions.push("$false".to_owned());
        }
        conditions.extend(watch.bare.iter().map(|bare| stays_bare(bare, &directory)));
        push(script, &format!("function global:__credenv_check {{ {} }};\n", conditions.join(" -and ")));
        if !links.is_empty() {
            let times: Vec<_> = links.iter().map(|link| ticks(link)).collect();
            push(script, &format!("$global:__credenv_links = @({});\n", times.join(", ")));
        }
        if watch.bare.iter().any(|bare| bare.names.is_none()) {
            push(script, &format!("$global:__credenv_names = {};\n", list(&watch.names)));
        }
        if let Some(memory) = &watch.memory {
            // Digits and commas: nothing to quote.
            push(script, &format!("$global:__credenv_memory = '{memory}';\n"));
        }
        if let Some(said) = watch.said {
            push(script, &format!("$global:__credenv_memory += ',{SAID}{said}';\n"));
        }
        if let Some(seconds) = seconds {
            push(script, &format!("$global:__credenv_until = [DateTime]::UtcNow.AddSeconds({seconds}).Ticks;\n"));
        }
    }

    fn note_identity(&self, _watch: &Watch, is_certain: bool, script: &mut Vec<u8>) {
        let seen = if is_certain { "__credenv_identity" } else { "\"$($PWD.ProviderPath)|?\"" };
        push(script, &format!("$global:__credenv_seen = {seen};\n"));
    }

    fn hook(&self) -> Option<&'static str> {
        Some(include_str!("../../shell/hook.ps1"))
    }

    fn integration(&self) -> Option<&Integration> {
        Some(&INTEGRATION)
    }

    fn completion(&self) -> Vec<u8> {
        completion::script("powershell").unwrap_or_default().into()
    }

    fn quote(&self, word: &[u8]) -> Vec<u8> {
        quoted(&text(word)).into_bytes()
    }

    fn typed(&self, command: &str) -> String {
        format!("{command} | Out-String | Invoke-Expression")
    }
}

/// The assignment would fail in the middle of the switch.
fn has_room_on_windows(text: &str) -> Result<(), Refusal> {
    if text.encode_utf16().count() <= LONGEST {
        return Ok(());
    }
    Err(Refusal {
        what: "it is longer than the 32,766 characters that Windows has room for",
        hint: "`credenv exec` passes it on unchanged where there is room",
    })
}

/// The statement that takes a variable out of the environment: since PowerShell 7.5, one that is given nothing stays, empty.
fn gone(name: &VarName) -> String {
    format!("Microsoft.PowerShell.Management\\Remove-Item -LiteralPath 'Env:{name}'{WITHOUT_A_WORD};\n")
}

/// Whatever the person's preferences are, it is done, and neither asked nor told.
const WITHOUT_A_WORD: &str = " -ErrorAction Ignore -WhatIf:$false -Confirm:$false -Verbose:$false";

/// The condition that none of the names came into the directories: that none of these was changed, else that none of the
/// names is there. Of a directory that is a symlink .NET tells the time of the link, which stays as it is.
fn stays_bare(bare: &Bare, here: &str) -> String {
    let mut directories = Vec::new();
    let mut are_no_links = true;
    for directory in &bare.directories {
        let directory = text(directory);
        let above = up_from(here, &directory);
        are_no_links &= above.is_some();
        directories.push(above.map_or(directory.clone(), str::to_owned));
    }
    let names = match &bare.names {
        Some(names) => list(names),
        None => "$global:__credenv_names".to_owned(),
    };
    let none = format!("(__credenv_none {} {names})", list(&directories));
    let Some(since) = bare.since.as_ref().filter(|since| since.exact || are_no_links) else { return none };
    let relation = if since.exact { "-eq" } else { "-le" };
    let reference = text(&since.reference);
    let unchanged =
        directories.iter().map(|directory| format!("{} {relation} {}", ticks(directory), ticks(&reference)));
    let unchanged: Vec<_> = std::iter::once(exists("File", &reference)).chain(unchanged).collect();
    format!("(({}) -or {none})", unchanged.join(" -and "))
}

/// The directory that `.`, `..` or `../..` leads to, from one that is named in full; none for any other.
fn up_from<'d>(here: &'d str, relative: &str) -> Option<&'d str> {
    if relative == "." {
        return Some(here);
    }
    relative.split('/').try_fold(here, |directory, step| {
        let above = directory.rsplit_once('/').filter(|_| step == "..")?.0;
        Some(if above.is_empty() { "/" } else { above })
    })
}

/// What has a time of its own on the way that these paths lead: each path, which may be a symlink itself, and above it the
/// last name that is another one in the end. It is a symlink, or what holds one.
fn links(leading: &[(PathBytes, PathBytes)]) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for (named, real) in leading {
        let (named, real) = (text(named), text(real));
        let alike = named.rsplit('/').zip(real.rsplit('/')).take_while(|(one, other)| one == other);
        let behind: usize = alike.map(|(name, _)| name.len() + 1).sum();
        for link in [&named, &named[..named.len().saturating_sub(behind)]] {
            if !link.is_empty() && !links.iter().any(|known| known == link) {
                links.push(link.to_owned());
            }
        }
    }
    links
}

fn exists(kind: &str, path: &str) -> String {
    format!("[IO.{kind}]::Exists({})", quoted(path))
}

fn absent(path: &str) -> String {
    format!("-not ({} -or {})", exists("File", path), exists("Directory", path))
}

/// When what is there was last changed, a directory too.
fn ticks(path: &str) -> String {
    format!("[IO.File]::GetLastWriteTimeUtc({}).Ticks", quoted(path))
}

fn list<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<_> = words.iter().map(|word| quoted(word.as_ref())).collect();
    format!("@({})", words.join(", "))
}

/// What is not text is none to .NET either.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn quoted(word: &str) -> String {
    let mut script = Vec::new();
    quote(word, &mut script);
    text(&script)
}

/// Single quotes, in which nothing has a meaning but a quote, which is doubled. What is no printable ASCII stands beside
/// them as a number, in a flat list: a sum as long as a value can be is more than PowerShell compiles.
fn quote(word: &str, out: &mut Vec<u8>) {
    let is_plain = |char: char| matches!(char, ' '..='~');
    if word.chars().all(is_plain) {
        return push(out, &format!("'{}'", word.replace('\'', "''")));
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let plain = rest.find(|char| !is_plain(char)).unwrap_or(rest.len());
        if plain > 0 {
            parts.push(format!("'{}'", rest[..plain].replace('\'', "''")));
            rest = &rest[plain..];
        } else {
            let mut units = [0; 2];
            parts.extend(first.encode_utf16(&mut units).iter().map(|unit| format!("[char]{unit}")));
            rest = &rest[first.len_utf8()..];
        }
    }
    push(out, &format!("(-join({}))", parts.join(",")));
}

/// Keeps values in variables of PowerShell, which no program sees. There, no variable that is not exported has the name of
/// one that is, so only secrets are kept.
struct PowerShellKeeper;

impl Keeper for PowerShellKeeper {
    fn keeps_unexported(&self) -> bool {
        false
    }

    fn set_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &format!("$global:{} = $env:{name};\n", aside(name)));
    }

    fn set_aside_if_set(&self, name: &VarName, script: &mut Vec<u8>) {
        self.drop_aside(name, script);
    }

    fn put_back(&self, name: &VarName, script: &mut Vec<u8>) {
        let aside = aside(name);
        push(
            script,
            &format!(
                "if (Microsoft.PowerShell.Management\\Test-Path -LiteralPath 'Variable:{aside}') \
                 {{ $env:{name} = $global:{aside} }} else {{ {} [Console]::Error.WriteLine(\
                 'credenv: {name} was set aside in another shell and is not put back here') }};\n",
                gone(name).trim_end()
            ),
        );
        self.drop_aside(name, script);
    }

    fn put_back_unexported(&self, name: &VarName, script: &mut Vec<u8>) {
        push(script, &gone(name));
        self.drop_aside(name, script);
    }

    fn drop_aside(&self, name: &VarName, script: &mut Vec<u8>) {
        push(
            script,
            &format!(
                "Microsoft.PowerShell.Utility\\Remove-Variable -Name '{}' -Scope Global{WITHOUT_A_WORD};\n",
                aside(name)
            ),
        );
    }
}

fn push(script: &mut Vec<u8>, text: &str) {
    script.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::watch::Since;

    #[test]
    fn a_word_is_quoted_in_ascii_with_its_quotes_doubled() {
        for (word, written) in [
            ("", "''"),
            ("it's", "'it''s'"),
            ("$(x) `n \"y\"", "'$(x) `n \"y\"'"),
            ("\u{2019}; calc; \u{2018}", "(-join([char]8217,'; calc; ',[char]8216))"),
            ("a\n'\u{1f600}", "(-join('a',[char]10,'''',[char]55357,[char]56832))"),
        ] {
            assert_eq!(quoted(word), written);
        }
    }

    /// `Invoke-Expression` fails where it is given nothing.
    #[test]
    fn where_there_is_nothing_to_do_a_comment_is_printed() {
        let framed = |script: &str| PowerShell.frame(script.into(), &Delta::default());
        assert_eq!(framed(""), b"#\n");
        assert_eq!(framed("$env:A = 'b';\n"), b"$env:A = 'b';\n");
    }

    #[test]
    fn who_the_shell_is_is_noted_and_what_is_not_certain_is_nobody() {
        let noted = |is_certain| {
            let mut script = Vec::new();
            PowerShell.note_identity(&Watch::of(b"/d".to_vec(), Standing::There), is_certain, &mut script);
            String::from_utf8(script).unwrap()
        };
        assert_eq!(noted(true), "$global:__credenv_seen = __credenv_identity;\n");
        assert_eq!(noted(false), "$global:__credenv_seen = \"$($PWD.ProviderPath)|?\";\n");
    }

    #[test]
    fn of_a_way_through_a_symlink_the_symlink_is_looked_at() {
        for (named, real, looked_at) in [
            ("/a/link/f", "/a/there/f", &["/a/link/f", "/a/link"][..]),
            ("/a/link/b/f", "/c/b/f", &["/a/link/b/f", "/a/link"]),
            ("/a/f", "/a/g", &["/a/f"]),
            ("/a/same/f", "/b/same/f", &["/a/same/f", "/a"]),
            ("/link/f", "/f", &["/link/f", "/link"]),
        ] {
            assert_eq!(links(&[(named.into(), real.into())]), looked_at);
        }
        let both = [("/l/f", "/r/f"), ("/l/g", "/r/g")].map(|(named, real)| (named.into(), real.into()));
        assert_eq!(links(&both), ["/l/f", "/l", "/l/g"]);
    }

    #[test]
    fn a_value_is_as_long_as_windows_has_room_for() {
        let set = |length| has_room_on_windows(&"😀".repeat(length / 2));
        assert!(set(LONGEST).is_ok());
        assert!(set(LONGEST + 2).unwrap_err().what.starts_with("it is longer than the 32,766 characters"));
    }

    /// Of a directory that may be a symlink, its time is that of the link, unless it must be the very same.
    #[test]
    fn a_directory_is_told_by_its_time_where_that_is_its_own() {
        let told = |directories: &[&str], since: Option<bool>, names: Option<Vec<&'static str>>| {
            let since = since.map(|exact| Since { reference: b"/r".to_vec(), exact });
            let directories = directories.iter().map(|directory| directory.as_bytes().to_vec()).collect();
            stays_bare(&Bare { directories, since, changed: Vec::new(), names }, "/a/b")
        };
        let none = "(__credenv_none @('/a/b', '/x') $global:__credenv_names)";
        assert_eq!(told(&[".", "/x"], None, None), none);
        assert_eq!(told(&[".", "/x"], Some(false), None), none);
        assert_eq!(told(&["/x", "."], Some(false), Some(vec!["n"])), "(__credenv_none @('/x', '/a/b') @('n'))");
        let ticks = |path| format!("[IO.File]::GetLastWriteTimeUtc('{path}').Ticks");
        let exists = "[IO.File]::Exists('/r')";
        assert_eq!(
            told(&[".", "/x"], Some(true), None),
            format!(
                "(({exists} -and {} -eq {r} -and {} -eq {r}) -or {none})",
                ticks("/a/b"),
                ticks("/x"),
                r = ticks("/r")
            )
        );
        assert_eq!(
            told(&[".."], Some(false), None),
            format!(
                "(({exists} -and {} -le {}) -or (__credenv_none @('/a') $global:__credenv_names))",
                ticks("/a"),
                ticks("/r")
            )
        );
    }

    #[test]
    fn what_was_kept_for_an_unexported_variable_is_forgotten() {
        let name = VarName::known("N");
        let told = |keep: fn(&PowerShellKeeper, &VarName, &mut Vec<u8>)| {
            let mut script = Vec::new();
            keep(&PowerShellKeeper, &name, &mut script);
            String::from_utf8(script).unwrap()
        };
        let forgotten = "Microsoft.PowerShell.Utility\\Remove-Variable -Name '__credenv_aside_N' -Scope Global \
                         -ErrorAction Ignore -WhatIf:$false -Confirm:$false -Verbose:$false;\n";
        assert_eq!(told(PowerShellKeeper::set_aside_if_set), forgotten);
        let gone = "Microsoft.PowerShell.Management\\Remove-Item -LiteralPath 'Env:N' -ErrorAction Ignore -WhatIf:$false \
                    -Confirm:$false -Verbose:$false;\n";
        assert_eq!(told(PowerShellKeeper::put_back_unexported), format!("{gone}{forgotten}"));
    }

    #[test]
    fn a_directory_above_is_named_in_full() {
        assert_eq!(up_from("/a/b/c", "."), Some("/a/b/c"));
        assert_eq!(up_from("/a/b/c", "../.."), Some("/a"));
        assert_eq!(up_from("/a/b/c", "../../.."), Some("/"));
        assert_eq!(up_from("/a/b/c", "/a/b"), None);
        assert_eq!(up_from("/a/b/c", "../b"), None);
    }
}
