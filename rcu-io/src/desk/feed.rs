//! What subscribers are sent, brought to where they take it: files, or somebody who is called. Each delivery is
//! acknowledged only once it is there, so that it comes again until it is: at least once.

use super::Desk;
use super::answer::{Pushed, Served};
use super::sink::{Failed, Sink, ending, of_ending};
use rcu_core::Error;
use rcu_core::repository::{Act, Outgoing, SentRow};
use rcu_core::subscriber::{Encoding, FileFormat, SubscriberPlan};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How a subscriber is served.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Everybody in its view, whatever it acknowledged.
    pub full: bool,
    /// At most so many entries of the feed at once.
    pub most: usize,
    /// The form; by default that of the subscriber.
    pub format: Option<FileFormat>,
    /// Takes the delivery as acknowledged once the file is safely there.
    pub acknowledge: bool,
}

impl Default for Serving {
    fn default() -> Self {
        Serving { full: false, most: usize::MAX, format: None, acknowledge: false }
    }
}

impl Desk {
    /// What a subscriber has not acknowledged, from at most so many entries of the feed, or everybody in its view. The log
    /// says that it was handed out.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber, and for a repository open to read only; those of the store.
    pub fn outgoing(
        &mut self,
        subscriber: &str,
        full: bool,
        most: usize,
        act: &Act,
    ) -> Result<Outgoing, Error> {
        let repository = self.writer()?;
        let outgoing = match full {
            true => repository.export(subscriber)?,
            false => repository.outgoing(subscriber, most)?,
        };
        if outgoing.full || !outgoing.rows.is_empty() {
            repository.note_export(&about(subscriber, outgoing.full, outgoing.rows.len() as u64), act)?;
        }
        Ok(outgoing)
    }

    /// Writes what a subscriber has not acknowledged, or everybody in its view, to a file: into a folder under a name that
    /// says what it is (`till_delta_000000001204.csv`), or to the file that is named. The file appears whole or not at all;
    /// nothing new makes none.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber and for changes over the file of other changes, which its reader may
    /// not have seen; [`Error::Io`] when it cannot be written. Then nothing is acknowledged.
    pub fn feed(&mut self, subscriber: &str, to: &Path, how: &Serving, act: &Act) -> Result<Served, Error> {
        let repository = self.writer()?;
        let s = repository.subscriber(subscriber)?;
        let (own, encoding) = (s.format, s.encoding);
        let named =
            (!to.is_dir()).then(|| to.extension().map(|e| e.to_string_lossy().into_owned())).flatten();
        let promised = named.as_deref().and_then(of_ending);
        let format = how.format.or(promised).unwrap_or(own);
        let full = how.full || repository.takes_everybody(subscriber)?;
        let columns = repository.columns(subscriber)?;
        if !full && named.is_some() && how.acknowledge && to.exists() {
            let place = to.display();
            let reason =
                format!("`{place}` is there already and may hold changes that were not read; name a folder");
            return Err(Error::Argument { argument: "out".into(), reason });
        }
        let (folder, part) = match &named {
            Some(_) => (to.parent().unwrap_or(Path::new("")).to_owned(), beside(to, ".part")),
            None => (to.to_owned(), to.join(format!("{subscriber}.part"))),
        };
        let place = |path: &Path| format!("feed `{}`", path.display());
        if named.is_none() {
            fs::create_dir_all(&folder).map_err(|e| Failed::from(e).at(place(&folder)))?;
        }
        let file = File::create(&part).map_err(|e| Failed::from(e).at(place(&part)))?;
        let written = write(BufWriter::new(file), format, encoding, columns, |each| match full {
            true => repository.export_each(subscriber, each),
            false => {
                let outgoing = repository.outgoing(subscriber, how.most)?;
                outgoing.rows.into_iter().for_each(each);
                Ok(outgoing.cursor)
            }
        });
        let finished = written.and_then(|(out, told)| {
            let file = out.into_inner().map_err(|e| Failed::from(e.into_error()).at(place(&part)))?;
            file.sync_all().map_err(|e| Failed::from(e).at(place(&part)))?;
            Ok(told)
        });
        let told = finished.inspect_err(|_| drop(fs::remove_file(&part)))?;
        let mut served = Served {
            subscriber: subscriber.to_owned(),
            full,
            cursor: told.cursor,
            rows: told.rows,
            file: None,
            unwritable: told.unwritable,
            acknowledged: false,
        };
        if full || told.rows > 0 {
            let kind = if full { "full" } else { "delta" };
            let name = match &named {
                Some(_) => to.to_owned(),
                None => folder.join(format!("{subscriber}_{kind}_{:012}.{}", told.cursor, ending(format))),
            };
            fs::rename(&part, &name).map_err(|e| Failed::from(e).at(place(&name)))?;
            // The name is durable once the folder is; not every system opens folders.
            if let Ok(folder) =
                File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder })
            {
                drop(folder.sync_all());
            }
            repository.note_export(&about(subscriber, full, told.rows), act)?;
            served.file = Some(name);
        } else {
            drop(fs::remove_file(&part));
        }
        if how.acknowledge {
            repository.acknowledge(subscriber, told.cursor)?;
            served.acknowledged = true;
        }
        Ok(served)
    }
}

/// What the log says of a delivery.
fn about(subscriber: &str, full: bool, rows: u64) -> String {
    format!("feed of {subscriber}: {}, {rows} rows", if full { "everybody" } else { "what changed" })
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

struct Told {
    cursor: u64,
    rows: u64,
    unwritable: u64,
}

fn write<W: Write + Send>(
    out: W,
    format: FileFormat,
    encoding: Encoding,
    columns: Vec<String>,
    rows: impl FnOnce(&mut dyn FnMut(SentRow)) -> Result<u64, Error>,
) -> Result<(W, Told), Error> {
    let place = "feed";
    let mut sink = Sink::new(format, encoding, columns, out).map_err(|f| f.at(place))?;
    let (mut failed, mut count) = (None, 0u64);
    let cursor = rows(&mut |row| {
        if failed.is_none() {
            failed = sink.push(&row).err();
            count += 1;
        }
    })?;
    if let Some(f) = failed {
        return Err(f.at(place));
    }
    let (out, unwritable) = sink.end().map_err(|f| f.at(place))?;
    Ok((out, Told { cursor, rows: count, unwritable }))
}

/// The bytes of a delivery in a subscriber's form.
///
/// # Errors
/// [`Error::Io`] when they cannot be made.
pub fn bytes(
    subscriber: &SubscriberPlan,
    outgoing: &Outgoing,
    format: Option<FileFormat>,
) -> Result<Vec<u8>, Error> {
    let (format, encoding) = (format.unwrap_or(subscriber.format), subscriber.encoding);
    let (bytes, _) = write(Vec::new(), format, encoding, outgoing.columns.clone(), |each| {
        outgoing.rows.iter().cloned().for_each(each);
        Ok(outgoing.cursor)
    })?;
    Ok(bytes)
}

/// Who can get at a desk for a moment. A wrapper that shares one lets it go while somebody else is called.
pub trait Door {
    /// Does something at the desk.
    ///
    /// # Errors
    /// Those of `work`; when the desk is closed.
    fn with<T: Send>(&mut self, work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send) -> Result<T, Error>;
}

impl Door for Desk {
    fn with<T: Send>(&mut self, work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send) -> Result<T, Error> {
        work(self)
    }
}

/// Why a push ended before everything was acknowledged.
#[derive(Debug)]
pub enum Stopped<E> {
    /// The repository could not be read or written.
    Repository(Error),
    /// The subscriber did not take a delivery, and was not to be tried again.
    Refused(E),
}

impl<E> From<Error> for Stopped<E> {
    fn from(e: Error) -> Stopped<E> {
        Stopped::Repository(e)
    }
}

/// Hands a subscriber everything that it has not acknowledged, one delivery after the other, and takes each as
/// acknowledged once `send` says that it is there. A delivery that failed comes again as it is then, for as long as
/// `again` says so; it is told how often it failed and may wait. Whatever is wrong, nothing is lost: what was not
/// acknowledged comes with the next push.
///
/// # Errors
/// [`Stopped::Refused`] with what `send` said last; [`Stopped::Repository`] for an unknown subscriber and those of the
/// store.
pub fn push<D: Door, E>(
    door: &mut D,
    subscriber: &str,
    most: usize,
    act: &Act,
    send: &mut dyn FnMut(&Outgoing) -> Result<(), E>,
    again: &mut dyn FnMut(u32) -> bool,
) -> Result<Pushed, Stopped<E>> {
    let mut pushed = Pushed { subscriber: subscriber.to_owned(), ..Pushed::default() };
    let mut failed = 0;
    loop {
        let done = door.with(|d| {
            let repository = d.writer()?;
            Ok(!repository.takes_everybody(subscriber)? && repository.changes(subscriber, 1)?.is_empty())
        })?;
        if done {
            return Ok(pushed);
        }
        let outgoing = door.with(|d| d.outgoing(subscriber, false, most, act))?;
        let full = outgoing.full;
        if full || !outgoing.rows.is_empty() {
            if let Err(e) = send(&outgoing) {
                failed += 1;
                pushed.failures += 1;
                if again(failed) {
                    continue;
                }
                return Err(Stopped::Refused(e));
            }
            failed = 0;
            pushed.deliveries += 1;
            pushed.rows += outgoing.rows.len() as u64;
        }
        pushed.cursor = outgoing.cursor;
        door.with(|d| d.acknowledge(subscriber, outgoing.cursor))?;
        // Who takes everybody each time has it all; it would be sent again for ever.
        if full {
            return Ok(pushed);
        }
    }
}

/// Waits longer each time, and not for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    /// How often a delivery is tried.
    pub tries: u32,
    /// The first pause; each is twice the one before.
    pub first: Duration,
    /// The longest pause.
    pub most: Duration,
}

impl Default for BackOff {
    fn default() -> Self {
        BackOff { tries: 5, first: Duration::from_secs(1), most: Duration::from_secs(60) }
    }
}

impl BackOff {
    /// The pause after so many failures; none when it is not tried again.
    pub fn pause(&self, failed: u32) -> Option<Duration> {
        let doubled =
            self.first.saturating_mul(1u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX));
        (failed < self.tries).then(|| doubled.min(self.most))
    }

    /// Waits for that pause. Says whether to try again.
    pub fn again(&self, failed: u32) -> bool {
        self.pause(failed).map(sleep).is_some()
    }
}
