//! What subscribers are sent, brought to where they take it: files, or somebody who is called. Each delivery is
//! acknowledged only once it is there, so that it comes again until it is: at least once.

use super::Desk;
use super::answer::{Pushed, Served};
use super::sink::{Failed, Sink, ending, of_ending, write_texts};
use rcu_core::Error;
use rcu_core::repository::{Act, Outgoing, SentRow, StarTable};
use rcu_core::subscriber::{Encoding, FileFormat, SubscriberPlan};
use rcu_core::table::Table;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
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
    /// says what it is (`till_delta_000000001204.csv`), or to the file that is named; those of a star beside it. A file appears
    /// whole or not at all; nothing new makes none.
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
        let folder = match &named {
            Some(_) => to.parent().unwrap_or(Path::new("")),
            None => to,
        };
        if named.is_none() {
            fs::create_dir_all(folder).map_err(|e| Failed::from(e).at(place(folder)))?;
        }
        let part = folder.join(format!("{subscriber}.part"));
        let told = whole(&part, |out| {
            write(out, format, encoding, columns, |each| match full {
                true => repository.export_each(subscriber, each),
                false => {
                    let outgoing = repository.outgoing(subscriber, how.most)?;
                    outgoing.rows.into_iter().for_each(each);
                    Ok(outgoing.cursor)
                }
            })
        })?;
        let (mut unwritable, rows, cursor) = (told.unwritable, told.rows, told.cursor);
        // `kind` is `full`, `delta`, or the name of a table beside.
        let name = |kind: &str| match &named {
            Some(_) if kind == "full" || kind == "delta" => to.to_owned(),
            Some(_) => to.with_extension(format!("{kind}.{}", ending(format))),
            None => folder.join(format!("{subscriber}_{kind}_{cursor:012}.{}", ending(format))),
        };
        let mut star = BTreeMap::new();
        for StarTable { name: family, table } in repository.star(subscriber)? {
            let (file, part) = (name(&family), folder.join(format!("{subscriber}_{family}.part")));
            unwritable += whole(&part, |out| {
                write_texts(table, format, encoding, out).map_err(|f| f.at(place(&part)))
            })?;
            placed(&part, &file)?;
            star.insert(family, file);
        }
        let mut file = None;
        if full || rows > 0 {
            let name = name(if full { "full" } else { "delta" });
            placed(&part, &name)?;
            file = Some(name);
        } else {
            drop(fs::remove_file(&part));
        }
        if file.is_some() || !star.is_empty() {
            repository.note_export(&about(subscriber, full, rows), act)?;
        }
        if how.acknowledge {
            repository.acknowledge(subscriber, cursor)?;
        }
        let (subscriber, acknowledged) = (subscriber.to_owned(), how.acknowledge);
        Ok(Served { subscriber, full, cursor, rows, file, star, unwritable, acknowledged })
    }

    /// What a subscriber of the view `bi` takes beside its rows, by the name of the table: facts, what they refer to, golden
    /// ids that lead to others. Nothing for another subscriber. The log says that it was handed out.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown subscriber, and for a repository open to read only; those of the store.
    pub fn star(&mut self, subscriber: &str, act: &Act) -> Result<BTreeMap<String, Table>, Error> {
        let repository = self.writer()?;
        let star: BTreeMap<String, Table> =
            repository.star(subscriber)?.into_iter().map(|t| (t.name, t.table)).collect();
        if !star.is_empty() {
            repository.note_export(&format!("star of {subscriber}: {} tables", star.len()), act)?;
        }
        Ok(star)
    }
}

/// How messages name a file.
fn place(path: &Path) -> String {
    format!("feed `{}`", path.display())
}

/// Writes a file to its end and on the disk; none is left when that fails.
fn whole<T>(
    part: &Path,
    write: impl FnOnce(BufWriter<File>) -> Result<(BufWriter<File>, T), Error>,
) -> Result<T, Error> {
    let io = |e: std::io::Error| Failed::from(e).at(place(part));
    let file = File::create(part).map_err(io)?;
    let written = write(BufWriter::new(file)).and_then(|(out, told)| {
        let file = out.into_inner().map_err(|e| io(e.into_error()))?;
        file.sync_all().map_err(io)?;
        Ok(told)
    });
    written.inspect_err(|_| drop(fs::remove_file(part)))
}

/// Gives a file that is whole its name.
fn placed(part: &Path, name: &Path) -> Result<(), Error> {
    fs::rename(part, name).map_err(|e| {
        drop(fs::remove_file(part));
        Failed::from(e).at(place(name))
    })?;
    // The name is durable once the folder is; not every system opens folders.
    if let Some(folder) = name.parent()
        && let Ok(folder) = File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    {
        drop(folder.sync_all());
    }
    Ok(())
}

/// What the log says of a delivery.
fn about(subscriber: &str, full: bool, rows: u64) -> String {
    format!("feed of {subscriber}: {}, {rows} rows", if full { "everybody" } else { "what changed" })
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
