//! `credenv init --install`, `--uninstall`: our line into the start-up file that the shell reads, and out of it again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{none_for, script};
use crate::cli::InitArgs;
use crate::commands::Outcome;
use crate::commands::start_up::{self, SIZE_LIMIT};
use crate::commands::switch;
use crate::core::error::{Error, Result};
use crate::core::text::as_typed;
use crate::report;
use crate::shells::start_up::{Loading, add, loading, remove};
use crate::shells::{self, Dialect, Integration};
use crate::system::System;

/// What others may do with a new file: the umask decides.
const MODE: u32 = 0o666;

pub(super) fn run(arguments: &InitArgs, system: &System) -> Result<Outcome> {
    let dialect = dialect(arguments, system)?;
    let integration = dialect.integration().ok_or_else(|| none_for(dialect.name()))?;
    if let Some([add, remove]) = integration.typed {
        let message = format!("`{}` reads no start-up file, only {}", dialect.name(), integration.belongs);
        let hint =
            if arguments.install { format!("`{}`, and then `{add}`", integration.line) } else { remove.to_owned() };
        return Err(Error::failed(message).hint(hint));
    }
    let path = match &arguments.file {
        Some(file) => system.directory.join(file),
        None => start_up::usual(dialect, integration, system)?,
    };
    let before = read(&path, system)?;
    let rc = Rc { arguments, dialect, integration, path, before, system };
    match (arguments.install, integration.written) {
        (true, None) => rc.add_line(),
        (true, Some(_)) => rc.write_script(),
        (false, None) => rc.remove_line(),
        (false, Some(_)) => rc.remove_script(),
    }?;
    Ok(Outcome::default())
}

/// The shell named, else the one that `use` would write for.
fn dialect(arguments: &InitArgs, system: &System) -> Result<&'static dyn Dialect> {
    match arguments.shell.as_deref() {
        Some(name) => shells::named(name).ok_or_else(|| none_for(name)),
        None => switch::asking(system, None, "name it: `credenv init --install bash`"),
    }
}

/// What a regular file holds; to open anything else may wait for ever.
fn read(path: &Path, system: &System) -> Result<Option<Vec<u8>>> {
    match system.is_file(path) {
        Some(false) => Err(Error::failed(format!("cannot change {}: it is not a regular file", path.display()))),
        _ => system.read(path, SIZE_LIMIT),
    }
}

/// The start-up file of a shell, and what it holds.
struct Rc<'r> {
    arguments: &'r InitArgs,
    dialect: &'static dyn Dialect,
    integration: &'static Integration,
    path: PathBuf,
    before: Option<Vec<u8>>,
    system: &'r System,
}

impl Rc<'_> {
    fn add_line(&self) -> Result<()> {
        let (name, system) = (self.dialect.name(), self.system);
        let always_read = start_up::always_read(self.integration, system);
        if let Some((path, Loading { at, text })) = self.loading_in(always_read).first() {
            let place = if *path == self.path { self.shown() } else { system.in_home(path) };
            let place = format!("{place}:{at}");
            let words = if text == self.integration.line {
                format!("{place} has the line already; nothing was changed")
            } else {
                format!("{place} already loads credenv in other words, `{text}`; nothing was changed")
            };
            system.say(&report::note(&words));
            return Ok(());
        }
        let line = self.line()?;
        let added = add(self.before.as_deref(), &line).map_err(|why| {
            Error::failed(format!("cannot add a line to {}: {why}", self.path.display()))
                .hint(format!("add `{line}` to it in an editor"))
        })?;
        let new = if self.before.is_none() { " (new file)" } else { "" };
        system.say(&format!("{}:{}{new}\n+ {}\n", report::clean(&self.shown()), added.at, report::clean(&line)));
        if line != self.integration.line {
            let words = "`credenv` is not in `PATH`, so the line names this one by its path";
            system.say(&report::note(words));
        }
        self.confirm("add it?")?;
        self.write(&added.text)?;
        system.say(&report::note(&format!("added: each new {name} loads credenv")));
        self.tell_of_login()
    }

    fn remove_line(&self) -> Result<()> {
        let name = self.dialect.name();
        let by_path = self.by_path();
        let ours: Vec<&str> = std::iter::once(self.integration.line).chain(by_path.as_deref()).collect();
        let text = self.before.as_deref().unwrap_or_default();
        let removed = remove(text, &ours);
        let at: &[usize] = removed.as_ref().map_or(&[], |removed| &removed.at);
        let mut stays = self.loading_in(start_up::files(self.integration, self.system));
        stays.retain(|(path, loading)| *path != self.path || !at.contains(&loading.at));
        if let Some(removed) = &removed {
            let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
            let is_left_to_others = removed.text.is_none() && self.system.link_target(&self.path).is_none();
            for at in &removed.at {
                let gone = if is_left_to_others { " (the file is removed: it holds nothing else)" } else { "" };
                let line = String::from_utf8_lossy(lines[at - 1]);
                let words =
                    format!("{}:{at}{gone}\n- {}\n", report::clean(&self.shown()), report::clean(line.trim_end()));
                self.system.say(&words);
            }
            self.confirm("remove it?")?;
            match &removed.text {
                None if is_left_to_others => self.remove_file()?,
                text => self.write(text.as_deref().unwrap_or_default())?,
            }
            self.system.say(&report::note(&format!("removed: each {name} that is open keeps credenv until it ends")));
        }
        if let Some((path, Loading { at, text })) = stays.first() {
            let place = format!("{}:{at}", self.system.in_home(path));
            return Err(Error::failed(format!("{place} still loads credenv, by a line of your own: `{text}`"))
                .hint("take it out in an editor"));
        }
        if removed.is_none() {
            let words = format!("{} does not have the line; nothing was changed", self.shown());
            self.system.say(&report::note(&words));
        }
        Ok(())
    }

    /// The lines that load us, in this file and in others.
    fn loading_in(&self, others: Vec<PathBuf>) -> Vec<(PathBuf, Loading)> {
        let others = others.into_iter().filter(|path| !self.system.is_same_file(path, &self.path));
        let mut found = Vec::new();
        for path in std::iter::once(self.path.clone()).chain(others) {
            let text = read(&path, self.system).ok().flatten().unwrap_or_default();
            found.extend(loading(&text).into_iter().map(|loading| (path.clone(), loading)));
        }
        found
    }

    fn write_script(&self) -> Result<()> {
        let (name, shown) = (self.dialect.name(), self.shown());
        let script = script(self.dialect, self.system)?;
        if self.before.as_ref() == Some(&script) {
            self.system.say(&report::note(&format!("{shown} is up to date; nothing was changed")));
            return Ok(());
        }
        let count = |text: &[u8]| text.split_inclusive(|byte| *byte == b'\n').count();
        let change = match &self.before {
            None => format!("{} (new file)\n", report::clean(&shown)),
            Some(before) => format!("{} (replaced)\n- {} lines\n", report::clean(&shown), count(before)),
        };
        self.system.say(&format!("{change}+ {} lines, which `credenv init {name}` prints\n", count(&script)));
        self.confirm("write it?")?;
        self.write(&script)?;
        self.system.say(&report::note(&format!("written: each new {name} loads credenv")));
        Ok(())
    }

    fn remove_script(&self) -> Result<()> {
        let (name, shown) = (self.dialect.name(), self.shown());
        let Some(before) = &self.before else {
            self.system.say(&report::note(&format!("there is no {shown}; nothing was changed")));
            return Ok(());
        };
        if *before != script(self.dialect, self.system)? {
            let message = format!("{shown} is not what this credenv writes there, and stays");
            let hint = format!("remove it, or `credenv init --install {name}` first");
            return Err(Error::failed(message).hint(hint));
        }
        let change = format!("{} (the file is removed)\n- what `credenv init {name}` prints\n", report::clean(&shown));
        self.system.say(&change);
        self.confirm("remove it?")?;
        self.remove_file()?;
        self.system.say(&report::note(&format!("removed: each {name} that is open keeps credenv until it ends")));
        Ok(())
    }

    /// The line to add: it names credenv by its path where no `PATH` leads to it.
    fn line(&self) -> Result<String> {
        let found = self.system.find_command(OsStr::new("credenv")).is_ok_and(|path| path.is_absolute());
        if found {
            return Ok(self.integration.line.to_owned());
        }
        self.by_path().ok_or_else(|| {
            let own = self.system.own_path().unwrap_or_default();
            Error::failed(format!("`credenv` is not in `PATH`, and its path needs quotes: {}", own.display()))
                .hint("move it into a directory that `PATH` names")
        })
    }

    /// The line that names this credenv by its path; none where that would need quotes.
    fn by_path(&self) -> Option<String> {
        let own = self.system.own_path().ok()?;
        let own = own.to_str()?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
        own.bytes().all(is_plain).then(|| self.integration.line.replacen("credenv", own, 1))
    }

    /// Asks before anything is changed.
    fn confirm(&self, question: &str) -> Result<()> {
        if self.arguments.yes {
            return Ok(());
        }
        let message = match self.system.ask(&format!("credenv: {question} [y/N] ")) {
            Some(answer) if matches!(answer.to_lowercase().as_str(), "y" | "yes") => return Ok(()),
            Some(_) => "the answer was no: nothing was changed",
            None => "there is no terminal to ask on: nothing was changed",
        };
        let flag = if self.arguments.install { "--install" } else { "--uninstall" };
        let file = self.arguments.file.as_ref().and_then(|file| file.to_str());
        let file = file.map_or_else(String::new, |file| format!(" --file {}", as_typed(file)));
        let hint = format!("`credenv init {flag} {}{file} --yes` does it without asking", self.dialect.name());
        Err(Error::failed(message).hint(hint))
    }

    /// Puts that in the place of what was shown.
    fn write(&self, text: &[u8]) -> Result<()> {
        self.system.change_files(&[&self.path], SIZE_LIMIT, MODE, &mut |read| {
            if read.as_slice() == [self.before.clone()] { Ok(vec![Some(text.to_vec())]) } else { Err(self.changed()) }
        })
    }

    fn remove_file(&self) -> Result<()> {
        if read(&self.path, self.system)? == self.before {
            self.system.remove_file(&self.path)
        } else {
            Err(self.changed())
        }
    }

    fn changed(&self) -> Error {
        Error::failed(format!("{} was changed meanwhile by another program: nothing was changed", self.path.display()))
            .hint("try it again")
    }

    /// Says where a login shell reads other files, which do not read this one.
    fn tell_of_login(&self) -> Result<()> {
        let Some(home) = self.system.home.as_ref().filter(|_| self.arguments.file.is_none()) else { return Ok(()) };
        let [(_, _, rc), ..] = self.integration.rc else { return Ok(()) };
        let paths: Vec<_> = self.integration.login.iter().map(|file| home.join(file)).collect();
        let Some(path) = paths.iter().find(|path| self.system.exists(path)).or(paths.first()) else { return Ok(()) };
        let text = read(path, self.system)?.unwrap_or_default();
        if !String::from_utf8_lossy(&text).contains(rc) {
            let (name, path) = (self.dialect.name(), self.system.in_home(path));
            let words = format!("a login {name} (ssh, tmux, macOS) does not read ~/{rc}: add `. ~/{rc}` to {path}");
            self.system.say(&report::note(&words));
        }
        Ok(())
    }

    /// The file as people write it, and where it leads.
    fn shown(&self) -> String {
        let target = self.system.link_target(&self.path);
        let target = target.map_or_else(String::new, |target| format!(" → {}", self.system.in_home(&target)));
        self.system.in_home(&self.path) + &target
    }
}
