//! The project files above a directory, how far each is trusted, and what it asks for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::walk::Walk;
use crate::core::binding::Binding;
use crate::core::delta::Delta;
use crate::core::error::{Error, Result};
use crate::core::trust::{self, Record, Trust, Verdict};
use crate::core::vars::{STATE, Value, VarName};
use crate::core::watch::Watch;
use crate::project::{self, FORMATS, Format, Question, World};
use crate::shells::Dialect;
use crate::state::State;
use crate::system::store::Stamp;
use crate::system::{System, bytes_of_path};

/// The variable by which a person asks for another stage than the project's own.
pub(super) const STAGE: &str = "CREDENV_STAGE";

/// The machine as the project files see it; it remembers everything that was looked at, so that a shell can tell
/// whether looking again would show anything else.
pub(super) struct Looking<'s> {
    system: &'s System,
    state: &'s State,
    /// Whether anybody will watch; else nothing need be remembered.
    remembers: bool,
    /// Whether the shell that watches compares numbers, and no reference files.
    compares_numbers: bool,
    files: RefCell<Vec<(PathBuf, Option<Stamp>)>>,
    walk: Walk<'s>,
    /// Those of the files that are records of trust.
    records: RefCell<Vec<PathBuf>>,
    variables: RefCell<BTreeMap<VarName, Option<Vec<u8>>>>,
}

/// A project file that is there.
#[derive(Debug, Clone)]
pub(super) struct ProjectFile {
    /// As it was found.
    pub(super) path: PathBuf,
    /// Its name below the directory.
    name: String,
    pub(super) format: &'static Format,
    /// The real directory that it was found in: the place where a choice holds.
    pub(super) directory: PathBuf,
    /// The real path of the file.
    real: PathBuf,
}

/// What came of a project file.
pub(super) enum Judged {
    /// It may not be followed, and was not parsed unless it changed.
    Untrusted(Trust),
    /// It may be followed.
    Trusted(Box<Binding>),
    /// It was allowed once, and cannot be read any more.
    Broken(Error),
}

impl<'s> Looking<'s> {
    pub(super) fn new(system: &'s System, state: &'s State) -> Self {
        Self {
            system,
            state,
            remembers: true,
            compares_numbers: false,
            files: RefCell::default(),
            walk: Walk::new(system),
            records: RefCell::default(),
            variables: RefCell::default(),
        }
    }

    /// Looks without remembering anything, where nobody will watch.
    pub(super) fn at_a_glance(system: &'s System, state: &'s State) -> Self {
        Self { remembers: false, ..Self::new(system, state) }
    }

    /// Looks for that shell, which will watch in its own way.
    pub(super) fn watched_by(self, dialect: &dyn Dialect) -> Self {
        Self { compares_numbers: dialect.compares_numbers(), ..self }
    }

    /// Whether what is looked at is remembered.
    pub(super) fn remembers(&self) -> bool {
        self.remembers
    }

    /// Remembers a file as looked at; whether it is there.
    pub(super) fn look_at(&self, path: &Path) -> bool {
        if !self.remembers {
            return self.system.exists(path);
        }
        if let Some(is_there) = self.known(path) {
            return is_there;
        }
        let stamp = self.system.stamp(path);
        self.files.borrow_mut().push((path.to_owned(), stamp));
        stamp.is_some()
    }

    /// Whether a file that was looked at is there. Names are compared as bytes: component by component takes longer
    /// than all else in a directory without a project.
    fn known(&self, path: &Path) -> Option<bool> {
        let files = self.files.borrow();
        let known = files.iter().find(|(known, _)| known.as_os_str() == path.as_os_str());
        known.map(|(_, stamp)| stamp.is_some())
    }

    /// The project files from that directory up, nearest first. What is not there is remembered as looked at. Where a
    /// symlink led into the middle of a tree, the directories above the real one follow: every program that is started
    /// here runs there.
    pub(super) fn above(&self, directory: &Path) -> impl Iterator<Item = ProjectFile> {
        let mut directories = self.up_from(directory);
        if directory == self.system.directory
            && let Some(real) = self.system.real_directory.as_deref().filter(|real| *real != directory)
        {
            let named_so = |path: &PathBuf| directories.contains(path);
            let more: Vec<_> = self.up_from(real).into_iter().skip(1).filter(|path| !named_so(path)).collect();
            directories.extend(more);
        }
        let above = directories.split_off(1.min(directories.len()));
        let here = directories.into_iter().flat_map(|directory| self.files_in(directory));
        here.chain(std::iter::once(above).flat_map(|above| self.files_above(above)))
    }

    /// The project files in the directories above. Most often there are none, and that is known.
    fn files_above(&self, directories: Vec<PathBuf>) -> impl Iterator<Item = ProjectFile> {
        let (directories, known) = match self.walk.known_bare(&directories) {
            Ok(()) => (Vec::new(), None),
            Err(known) => (directories, known.filter(|_| self.remembers)),
        };
        let all = directories.clone();
        let files = directories.into_iter().flat_map(|directory| self.files_in(directory));
        files.chain(std::iter::once(known).flatten().filter_map(move |known| {
            self.walk.note_bare(all.clone(), &known);
            None
        }))
    }

    /// The project files in a directory, in the order of their formats.
    pub(super) fn files_in(&self, directory: PathBuf) -> impl Iterator<Item = ProjectFile> {
        let mut asked = 0;
        FORMATS.iter().filter_map(move |format| {
            let names = asked..asked + format.files.len();
            asked = names.end;
            let name = self.walk.first_file(&directory, names)?;
            self.project_file(&directory, format, name)
        })
    }

    /// A directory and those above it, up to the home directory if it lies there.
    fn up_from(&self, directory: &Path) -> Vec<PathBuf> {
        let home = self.system.home.as_deref().filter(|home| directory.starts_with(home));
        let mut directories = Vec::new();
        for directory in directory.ancestors() {
            directories.push(directory.to_owned());
            if home == Some(directory) {
                break;
            }
        }
        directories
    }

    /// A project file by its path; none where it is not there, or could have nothing to say.
    pub(super) fn project_file(&self, directory: &Path, format: &'static Format, name: &str) -> Option<ProjectFile> {
        let path = directory.join(name);
        if format.matters.is_some_and(|matters| !matters(&path, self)) {
            return None;
        }
        let directory = self.system.real_path(directory)?;
        let real = self.system.real_path(&path)?;
        Some(ProjectFile { path, name: name.to_owned(), format, directory, real })
    }

    /// How far the file is trusted, and what it asks for where it is.
    pub(super) fn judge(&self, file: &ProjectFile) -> Judged {
        let record = self.record(file);
        if let Some(trust) = trust::before_parsing(record.as_ref()) {
            return Judged::Untrusted(trust);
        }
        match self.read_binding(file, None) {
            Err(error) => Judged::Broken(error),
            Ok(binding) => match trust::judge(record.as_ref(), &trust::meaning(&binding)) {
                Trust::Trusted => Judged::Trusted(Box::new(binding)),
                trust => Judged::Untrusted(trust),
            },
        }
    }

    /// What is kept of a file. A record of another file, or a damaged one, is none.
    pub(super) fn record(&self, file: &ProjectFile) -> Option<Record> {
        let named = file.named();
        let path = self.system.trust_record(&trust::record_name(&named))?;
        self.records.borrow_mut().push(path.clone());
        let bytes = self.read(&path).ok()??;
        Record::from_text(&bytes).filter(|record| record.is_about(&named, &bytes_of_path(&file.real)))
    }

    /// Keeps a verdict on a file.
    pub(super) fn keep(&self, file: &ProjectFile, verdict: Verdict) -> Result<()> {
        let named = file.named();
        let name = trust::record_name(&named);
        let record = Record { file: named, real: bytes_of_path(&file.real), verdict };
        self.system.write_trust_record(&name, &record.to_text())
    }

    /// Reads a file, trusted or not.
    pub(super) fn read_binding(&self, file: &ProjectFile, stage: Option<&str>) -> Result<Binding> {
        let bytes = self
            .read(&file.path)?
            .ok_or_else(|| Error::failed(format!("cannot read {}: no such file or directory", file.path.display())))?;
        (file.format.read)(&bytes, &file.path, &Question { stage, world: self })
    }

    /// Reads a file for the stage that is asked for, else for the one that the person selected.
    pub(super) fn read_in_force(&self, file: &ProjectFile, stage: Option<&str>) -> Result<Binding> {
        let binding = self.read_binding(file, stage)?;
        match &binding.selected {
            Some(selected) if stage.is_none() => self.read_binding(file, Some(selected)),
            _ => Ok(binding),
        }
    }

    /// The stage that the person asks for in this shell.
    pub(super) fn stage(&self) -> Option<String> {
        self.variable(STAGE).filter(|stage| !stage.is_empty())
    }

    /// Remembers a variable as looked at, unless credenv itself is about to change it.
    pub(super) fn look_at_variable(&self, name: &VarName, delta: &Delta) {
        if !delta.changes.contains_key(name) {
            let value = self.system.variable(name).map(|value: Value| value.as_bytes().to_vec());
            self.variables.borrow_mut().insert(name.clone(), value);
        }
    }

    /// What must still be true for everything that was looked at to be the same.
    pub(super) fn watch(&self, directory: &Path) -> Watch {
        let mut watch = Watch::of(bytes_of_path(directory), self.system.standing(directory));
        watch.variables = self.variables.borrow().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        for (path, stamp) in self.files.borrow().iter() {
            let named = bytes_of_path(path);
            let Some(stamp) = stamp else {
                watch.absent.push(named);
                continue;
            };
            watch.unsure |= stamp.fresh;
            if let Some(real) = self.system.real_path(path).filter(|real| real != path) {
                watch.leading.push((named.clone(), bytes_of_path(&real)));
            }
            if self.compares_numbers {
                watch.marks.extend(stamp.mark.map(|mark| (named, mark)));
                continue;
            }
            // Where no reference can be kept, the next look is at the next `cd`.
            if let Some(reference) = self.system.reference(*stamp) {
                let is_record = self.records.borrow().contains(path);
                let list = if is_record { &mut watch.not_newer } else { &mut watch.unchanged };
                list.push((named, bytes_of_path(&reference)));
            }
        }
        self.walk.watch(&mut watch, self.compares_numbers);
        watch
    }
}

impl ProjectFile {
    /// The file in its real directory, by which its record is found.
    fn named(&self) -> Vec<u8> {
        bytes_of_path(&self.directory.join(&self.name))
    }
}

impl World for Looking<'_> {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        if !self.look_at(path) {
            return Ok(None);
        }
        if self.system.is_file(path) == Some(false) {
            return Err(Error::failed(format!("cannot read {}: it is not a regular file", path.display())));
        }
        self.system.read(path, project::SIZE_LIMIT)
    }

    fn real_path(&self, path: &Path) -> Option<PathBuf> {
        self.system.real_path(path)
    }

    fn names(&self, directory: &Path, beginning: &str, most: usize) -> Vec<String> {
        if self.look_at(directory) { self.system.names(directory, beginning, most) } else { Vec::new() }
    }

    fn variable(&self, name: &str) -> Option<String> {
        use crate::core::delta::Before;
        let name = VarName::new(name).filter(|name| name.as_str() != STATE)?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
        if let Some(entry) = self.state.undo.0.get(&name)
            && self.state.undo.holds(&name, &self.system.environment)
        {
            return match &entry.before {
                Before::Exported(bytes) => text(bytes.clone()),
                _ => None,
            };
        }
        let value = self.system.variable(&name).map(|value: Value| value.as_bytes().to_vec());
        // What credenv itself may change a moment later cannot be watched.
        if !name.as_str().starts_with("AWS_") {
            self.variables.borrow_mut().insert(name, value.clone());
        }
        value.and_then(text)
    }
}
