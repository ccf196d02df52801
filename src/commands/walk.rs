//! The directories from the one we are in up: which of the names of project files each holds, and what a shell must watch
//! so that none comes to be unseen.

use std::cell::RefCell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::core::delta::fingerprint;
use crate::core::watch::{Bare, Since, Standing, Watch};
use crate::project;
use crate::system::directory::{Found, Handle, Moment};
use crate::system::store::Stamp;
use crate::system::{System, bytes_of_path};

/// The directories that were looked into.
pub(super) struct Walk<'s> {
    system: &'s System,
    /// The names of all project files, in their order.
    names: Vec<&'static str>,
    directories: RefCell<Vec<Directory>>,
    bare: RefCell<Vec<BareDirectories>>,
}

/// A directory that was looked into.
struct Directory {
    path: PathBuf,
    /// None where it cannot be entered.
    handle: Option<Handle>,
    /// What stands under each of the names, as far as they were asked for: those behind them do not matter.
    found: Vec<Found>,
}

/// Directories that hold none of the names, and the file by which that is known.
struct BareDirectories {
    paths: Vec<PathBuf>,
    /// The second of the last change of each, if it is over.
    seconds: Vec<Option<i64>>,
    reference: PathBuf,
}

/// Directories as they are, by which it is known again that they hold none of the names.
pub(super) struct Known {
    name: String,
    newest: SystemTime,
    seconds: Vec<Option<i64>>,
}

/// So many names are asked for as fast as the directory itself.
const FEWER: usize = 3;

impl<'s> Walk<'s> {
    pub(super) fn new(system: &'s System) -> Self {
        Self { system, names: project::names().collect(), directories: RefCell::default(), bare: RefCell::default() }
    }

    /// The first of these names under which a directory holds a file, which is all that the program of a format reads.
    pub(super) fn first_file(&self, path: &Path, names: Range<usize>) -> Option<&'static str> {
        let mut directories = self.directories.borrow_mut();
        let known = directories.iter().position(|known| is_same(&known.path, path));
        let at = known.unwrap_or_else(|| {
            let handle = self.system.directory(path);
            directories.push(Directory { path: path.to_owned(), handle, found: Vec::new() });
            directories.len() - 1
        });
        let Directory { handle, found, .. } = &mut directories[at];
        for at in names {
            // A format that is asked for alone is asked for after those before it.
            while found.len() <= at {
                let ask = |handle: &Handle| handle.found(self.names[found.len()]);
                found.push(handle.as_ref().map_or(Found::Nothing, ask));
            }
            if found[at] == Found::File {
                return Some(self.names[at]);
            }
        }
        None
    }

    /// Whether it is known that these directories hold none of the names: they were looked into before, and nothing came
    /// into any of them since. Else what [`Walk::note_bare`] takes once they were looked into.
    ///
    /// A change of the directory is what tells, by the times that nobody can set. So this is left alone where another change
    /// could bear the same time, and where the file system is not known to note such times.
    pub(super) fn known_bare(&self, paths: &[PathBuf]) -> Result<(), Option<Known>> {
        let moments: Option<Vec<Moment>> = paths.iter().map(|path| self.system.moment(path)).collect();
        let known = moments.and_then(|moments| {
            let device = moments.first()?.device;
            let times: Option<Vec<SystemTime>> = moments.iter().map(|moment| moment.settled).collect();
            let newest = times?.into_iter().max()?;
            if !moments.iter().all(|moment| moment.device == device) {
                return None;
            }
            let identities = moments.iter().flat_map(|moment| moment.identity).chain([device]);
            let mut key: Vec<u8> = identities.flat_map(u64::to_le_bytes).collect();
            // Another version looks for other names.
            self.names.iter().for_each(|name| key.extend_from_slice(name.as_bytes()));
            let seconds = moments.iter().map(|moment| moment.second).collect();
            Some(Known { name: format!("bare.{:016x}", fingerprint(&key)), newest, seconds })
        });
        let reference = known.as_ref().and_then(|known| self.system.find_reference(&known.name, known.newest));
        match (reference, known) {
            (Some(reference), Some(Known { seconds, .. })) => {
                self.bare.borrow_mut().push(BareDirectories { paths: paths.to_vec(), seconds, reference });
                Ok(())
            }
            (_, known) => Err(known),
        }
    }

    /// Takes note that these directories hold none of the names, if that is how it turned out.
    pub(super) fn note_bare(&self, paths: Vec<PathBuf>, known: &Known) {
        let directories = self.directories.borrow();
        let is_bare = |path: &PathBuf| {
            let seen = directories.iter().find(|seen| is_same(&seen.path, path));
            let all = |seen: &Directory| seen.found.iter().filter(|found| **found == Found::Nothing).count();
            seen.is_some_and(|seen| all(seen) == self.names.len())
        };
        if paths.iter().all(is_bare)
            && paths.first().is_some_and(|path| self.system.notes_changes(path))
            && let Some(reference) = self.system.make_reference(&known.name, known.newest)
        {
            self.bare.borrow_mut().push(BareDirectories { paths, seconds: known.seconds.clone(), reference });
        }
    }

    /// Adds what must still be true: where a name was not there, it is not there. A shell that compares numbers has no use
    /// for reference files.
    pub(super) fn watch(&self, watch: &mut Watch, by_numbers: bool) {
        watch.names.clone_from(&self.names);
        let bare = self.bare.borrow();
        for BareDirectories { paths, seconds, reference } in bare.iter() {
            watch.bare.push(Bare {
                directories: paths.iter().map(|path| self.named_from_here(path, watch.standing)).collect(),
                since: Some(Since { reference: bytes_of_path(reference), exact: false }),
                changed: if by_numbers { seconds.clone() } else { Vec::new() },
                names: None,
            });
        }
        for seen in self.directories.borrow().iter() {
            if bare.iter().any(|bare| bare.paths.iter().any(|path| is_same(path, &seen.path))) {
                continue;
            }
            let mut names = Vec::new();
            for (name, found) in self.names.iter().zip(&seen.found) {
                match found {
                    Found::Nothing => names.push(*name),
                    Found::NothingBelow => watch.absent.push(bytes_of_path(&seen.path.join(name))),
                    Found::File | Found::Other => {}
                }
            }
            if names.len() < FEWER {
                watch.absent.extend(names.into_iter().map(|name| bytes_of_path(&seen.path.join(name))));
                continue;
            }
            // The directory that one is in is another one each time, and changes the most.
            let worth_it = self.system.references_are_cheap() || !is_same(&seen.path, &self.system.directory);
            let moment = seen.handle.as_ref().map(|handle| handle.moment);
            let settled = moment.and_then(|moment| moment.settled).filter(|_| !by_numbers);
            let reference =
                settled.filter(|_| worth_it).and_then(|settled| self.system.reference(Stamp::settled(settled)));
            watch.bare.push(Bare {
                directories: vec![self.named_from_here(&seen.path, watch.standing)],
                since: reference.map(|reference| Since { reference: bytes_of_path(&reference), exact: true }),
                changed: if by_numbers { vec![moment.and_then(|moment| moment.second)] } else { Vec::new() },
                names: (names.len() < self.names.len()).then_some(names),
            });
        }
    }

    /// How a shell names a directory: it takes two thirds of the time by `..`, which leads there as long as no symlink
    /// comes between. That the shell is here still is the first thing that it asks.
    fn named_from_here(&self, path: &Path, standing: Standing) -> Vec<u8> {
        let named = bytes_of_path(path);
        let here = (standing == Standing::There).then_some(&self.system.directory);
        let here = here.filter(|here| self.system.real_directory.as_ref().is_some_and(|real| is_same(real, here)));
        // What is asked for is here or above, or behind a symlink.
        let below = here.and_then(|here| here.as_os_str().as_encoded_bytes().strip_prefix(named.as_slice()));
        match below {
            Some([]) => b".".to_vec(),
            Some(below) if below[0] == b'/' => {
                let levels = below.split(|byte| *byte == b'/').count() - 1;
                [".."].repeat(levels).join("/").into_bytes()
            }
            _ => named,
        }
    }
}

/// Whether two paths are the same, as bytes: component by component takes longer than to look into a directory.
fn is_same(one: &Path, other: &Path) -> bool {
    one.as_os_str() == other.as_os_str()
}
