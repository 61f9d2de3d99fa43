/** A record: its source and its identifier there, or both as `source:record id`. */
export type RecordLike = RecordRef | string

export interface Repository {
  /**
   * Each entry of `changes` in turn, until none is left. An entry counts as acknowledged once the next is asked for;
   * when the loop is left, the entry it was left at comes again.
   */
  follow(consumer: string, options?: ChangesOptions): AsyncGenerator<ChangeEntry, void, void>
  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** The days of a repository, `YYYY-MM-DD`. */
export interface Days {
  /** The day that ages, periods and consents are kept for. */
  day: string
  /** The day that `refresh` should bring it to, when it is another one. */
  due: string | null
}

/** A row of a table of a repository, its columns those of the configuration. */
export type KeptRow = { [column: string]: string | number | boolean | null } & { golden_id: string }

/** Rows that are new, changed, and gone. */
export interface Counts {
  /** New ones. */
  new: number
  /** Ones that took the place of another. */
  changed: number
  /** Ones that are no more. */
  gone: number
}

/** A row that was not kept, and why. Holds no cell content. */
export interface Reject {
  /** The source. */
  source: string
  /** The file, when there is one. */
  file: string
  /** Line of a text file, row of a table, from 1. */
  line: number
  /** The column at fault, when one is. */
  column: string
  /** A stable name. */
  code: string
  /** What was found and what would be accepted. */
  reason: string
  /** Whether a rule left the row out rather than a fault. */
  excluded: boolean
}

/** What happened to a golden id. */
export type EventKind = 'created' | 'updated' | 'merged' | 'unmerged' | 'deleted' | 'erased'

/** What became of a change. */
export interface Done {
  /** The number of the change. */
  change: number
  /** Records of customers. */
  records: Counts
  /** Rows of the other families. */
  facts: Counts
  /** Entries of the feed, by what happened to the person. */
  feed: { [K in EventKind]?: number }
  /** Rows that were not kept, and why. */
  rejects: Reject[]
}

/** What became of a first base. */
export interface Loaded extends Done {
  /** People who are there now. */
  people: number
}

/** What became of all records of a source. */
export interface Delivered extends Done {
  /** The source. */
  source: string
  /** Rows of the delivery. */
  read: number
  /** Of these, rows that were rejected for a fault. */
  rejected: number
  /** Whether too many rows were rejected, so that nothing was applied. */
  suspended: boolean
  /** Records that the delivery does not have. */
  missing: number
  /** Whether these were too many to be deleted without being confirmed. */
  withheld: boolean
}

/** One entry of the feed. */
export interface ChangeEntry {
  /** Position in the feed, from 1, ever increasing. */
  cursor: number
  /** The change that made it. */
  change: number
  /** What happened. */
  kind: EventKind
  /** The person. */
  golden_id: string
  /** Golden ids that the person took in or came out of. */
  others?: string[]
  /** Values that are new or differ, by field; null for a value that is no more. */
  values?: { [field: string]: string | null }
  /** Aggregates that are new or differ, by column. */
  figures?: { [column: string]: string | null }
  /** States of consents that are new or differ, by `purpose/channel` or `purpose/channel/brand`. */
  consents?: { [consent: string]: string | null }
  /** The household, when it is another one. */
  household?: string
  /** Sources whose rows made the change: they need no echo of it. */
  sources?: string[]
}

/** One row for a subscriber. */
export interface SentRow {
  /** The person. */
  golden_id: string
  /** The subscriber's own record that the row is about; only where it is told what to correct. */
  record_id?: string
  /** What happened. */
  event: 'present' | 'created' | 'updated' | 'merged' | 'unmerged' | 'removed'
  /** Why. */
  reason: string
  /** Golden ids that the person took in, whose rows go. */
  absorbed?: string[]
  /** Columns that are new or differ; null for a value that is no more. The others stay as they are. */
  values?: { [column: string]: string | null }
}

/** What a subscriber is sent at once. */
export interface Delivery<R = SentRow[]> {
  /** The subscriber. */
  subscriber: string
  /** Whether it takes the place of all that was sent before. */
  full: boolean
  /** What to acknowledge when the subscriber has it. */
  cursor: number
  /** Columns of the view, in order. */
  columns: string[]
  /** Rows, by golden id. */
  rows: R
}

/** What a subscriber was served. */
export interface Served {
  /** The subscriber. */
  subscriber: string
  /** Whether it takes the place of all that was sent before. */
  full: boolean
  /** What the subscriber acknowledges when it has it. */
  cursor: number
  /** Rows of the delivery. */
  rows: number
  /** The file; null when there is nothing new. */
  file: string | null
  /** Files beside it, by name of their table: the facts of a star extract, whole each time. */
  star?: { [table: string]: string }
  /** Characters that the encoding has none for; they are question marks in the file. */
  unwritable: number
  /** Whether it was taken as acknowledged. */
  acknowledged: boolean
}

/** What a subscriber was handed. */
export interface Pushed {
  /** The subscriber. */
  subscriber: string
  /** Deliveries that were taken. */
  deliveries: number
  /** Rows in them. */
  rows: number
  /** Deliveries that failed and were tried again. */
  failures: number
  /** What it has acknowledged; 0 when nothing was new. */
  cursor: number
}

/** A record that a row would be compared with. */
export interface Candidate {
  /** Its source. */
  source: string
  /** Its identifier there. */
  record_id: string
  /** The person it belongs to today. */
  golden_id?: string
  /** What is decided of the two. */
  decision: 'link' | 'review' | 'no'
  /** The pass that decided; `steward` for a decision of theirs without a link. */
  pass: string
  /** Points of the pair; match weight in thousandths of a bit when a model decided. */
  score: number
  /** The comparison or guard that decided against a link; empty for a link. */
  reason: string
  /** Why the link would not be taken: the two cannot be one person. */
  refused?: string
  /** What a steward decided on the two. */
  steward?: 'same' | 'different' | 'household' | 'later'
  /** How well each comparison agrees, as `name=level`. */
  evidence: string
}

/** What an upsert of one row would do. */
export interface Foresight {
  /** What would become of the record. */
  fate: 'new' | 'changed' | 'unchanged' | 'rejected'
  /** Why the row would not be loaded. */
  rejects: Reject[]
  /** What normalising found, by field. */
  findings: { [field: string]: FieldProfile }
  /** Records that it would be compared with, links first, then reviews, then by score. */
  candidates: Candidate[]
  /** Compared and refused candidates beyond the listed ones. */
  refused_more: number
  /** Records with a key in common that a block over the limit keeps from being compared. */
  not_compared: number
  /** The golden id that the record would have; absent when the row would be rejected. */
  golden_id?: string
  /** Whether that person is there already. */
  known: boolean
  /** Golden ids of people that this person would take in. */
  merges: string[]
  /** What would be added to the feed. */
  events: ChangeEntry[]
}

/** What became of a golden id. */
export interface IdHistory {
  /** The id. */
  golden_id: string
  /** The change in which it was first given. */
  born: number
  /** The id that it leads to today; null when nobody is left. */
  leads_to: string | null
  /** Everything that happened to the records that ever had it, oldest first; moments in seconds since 1970. */
  passages: { change: number; at: number | null; record: RecordRef; golden_id: string | null }[]
}

/** Who a record was, or which records a golden id had, at the end of a day. */
export interface RecordsThen {
  /** The day, `YYYY-MM-DD`. */
  at: string
  /** The golden id; null when the record was not there. */
  golden_id: string | null
  /** The records that had it. */
  records: RecordRef[]
}

/** A steward's decision on two records. */
export interface Ruling {
  /** One record. */
  a: RecordRef
  /** The other. */
  b: RecordRef
  /** When it was made, `YYYY-MM-DD`. */
  date: string | null
  /** The answer. */
  answer: 'same' | 'different' | 'household' | 'later'
  /** Who made it. */
  author: string
  /** Why. */
  comment: string
}

/** An entry of the log, sealed over the one before. No value of anybody. */
export interface LogEntry {
  /** From 1, without gaps. */
  number: number
  /** When (seconds since 1970), who, why. */
  act: { at: number; by: string; reason: string }
  /** What was done. */
  action: 'load' | 'change' | 'erase' | 'readmit' | 'migrate' | 'read' | 'export'
  /** The last change when it was done, itself included. */
  change: number
  /** What it was about. */
  about: string
  /** Keyed hash of the records concerned as they were; empty when none was. */
  before: string
  /** The same as they are. */
  after: string
  /** Seal of the entry before; empty for the first. */
  previous: string
  /** Keyed hash over all of the above. */
  seal: string
}

/** What a verification found. */
export interface Verified {
  /** Records built anew. */
  records: number
  /** People built anew. */
  people: number
  /** Links and review pairs built anew. */
  links: number
  /** Rows of other families than customers. */
  facts: number
  /** Whether nothing differs and the log is whole. */
  clean: boolean
  /** The first entry of the log that was altered. */
  broken_log: number | null
  /** Where what is kept differs from what is built anew. */
  findings: { what: string; place: string }[]
}

/** Tables that were written. */
export interface Exported {
  /** Files by name, and their rows. */
  files: { [file: string]: number }
  /** The folder that they are in. */
  folder: string
}

/** Who would be erased. */
export interface Doomed {
  /** The golden id that the person goes by. */
  golden_id: string
  /** Their records. */
  records: number
  /** Their rows of the other families. */
  facts: number
}

/** What an erasure did, and what the bytes of the files say of it. */
export interface Erased {
  /** What was taken out. */
  erasure: {
    /** Its number, which `readmit` asks for. */
    number: number
    /** The golden ids that the person went by. */
    golden_ids: string[]
    /** What was taken out, by place; and `tombstones`, which were put in. */
    places: { [place: string]: number }
    /** What consumers of the feed were told, and must do too. */
    events: ChangeEntry[]
    /** Why free pages and journals could not be cleaned, if they could not. The next erasure does it. */
    unswept: string | null
  }
  /** What was found of the values. */
  traces: {
    /** Values looked for. */
    values: number
    /** Bytes looked at, by file. */
    bytes: { [file: string]: number }
    /** Values that are there, since other people's rows hold them too. */
    of_others: number
    /** Values that are there and nobody's: what the erasure left. */
    left: number
  }
}

/** An erasure that was lifted. */
export interface Lifted {
  /** Tombstones that are no more. */
  lifted: number
}

/** What other rules change. */
export interface Migrated {
  /** Counts. */
  migration: {
    /** Records kept before and after. */
    records: [number, number]
    /** Records with other normalised values. */
    changed_records: number
    /** People before and after. */
    people: [number, number]
    /** Entries of the feed, by what happened to the person. */
    events: { [K in EventKind]?: number }
    /** Golden values that are other ones, by field. */
    values: { [field: string]: number }
    /** Whether it was only tried. */
    dry_run: boolean
  }
  /** The first entries of the feed of each kind. */
  sample: ChangeEntry[]
  /** Rows that the new rules refuse, and why. */
  rejects: Reject[]
}

/** A copy of a repository. */
export interface Copied {
  /** What it is a copy of. */
  from: string
  /** The file. */
  to: string
}

/** A backup that took the place of a repository, and who was erased again. */
export interface Restored extends Copied {
  /** What each list of erasures did. */
  replayed: { [key: string]: unknown }[]
  /** Why the repository that was replaced could not be asked whom it erased. */
  unread?: string
}

/** Everything that is kept of a person, for themselves. */
export interface Dossier {
  /** The golden id. */
  golden_id: string
  /** Rows, purposes, recipients, links, consents, history. */
  [part: string]: unknown
}

/** What a rectification did. */
export interface Corrected extends Done {
  /** The golden id. */
  golden_id: string
  /** Records that hold another value, whose sources have to correct theirs. */
  corrections: { source: string; record_id: string; told_by?: string | null; [key: string]: unknown }[]
}

/** A person who is kept and not used. */
export interface Restriction {
  /** The golden id. */
  golden_id: string
  /** Records kept aside. */
  records: number
  /** Rows of the other families kept aside. */
  facts: number
  [key: string]: unknown
}

/** What is kept longer than its term. */
export interface Retained {
  /** Who and what, by which rule, since when. */
  due: { golden_id?: string | null; rule: string; remedy: string; since: string; until: string; [key: string]: unknown }[]
  /** Whether it was erased. */
  applied: boolean
  [key: string]: unknown
}

/** Whose data were read or handed out. */
export interface Breach {
  /** Entries of the log. */
  entries: number
  /** Of these, entries that are too old to say who did what to whom. */
  bare: number
  /** People, and what was read of them. */
  subjects: { [goldenId: string]: { times: number; by: string[]; clear: string[]; masked: string[] } }
  [key: string]: unknown
}
