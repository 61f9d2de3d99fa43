// Written by build.mjs from the documentation in the Rust sources. Do not edit.
/// <reference lib="esnext.disposable" />

/** A value as it may be given; numbers and truth values are read as their usual writing. */
export type Cell = string | number | bigint | boolean | null | undefined

/** A record as it may be given: one value or several by field name. */
export type EntryRecord = { [field: string]: Cell | readonly Cell[] }

/** Rows: plain objects, or the bytes of an Arrow IPC stream (`tableToIPC` of `apache-arrow`). */
export type Records = readonly object[] | Uint8Array

/** An object, the path of a `.toml`, `.yaml` or `.json` file, or a text in one of these languages. */
export type ConfigLike = Config | string

/** The secret of an installation: at least 16 bytes, or the path of its file. */
export type Secret = Uint8Array | string

/** A normalised column: three arrays of equal length. */
export interface NormalizedColumn {
  /** Normal forms; null when rejected or empty. */
  value: (string | null)[]
  /** Status of each value. */
  status: Status[]
  /** Codes of each value. */
  codes: Code[][]
}

/** What is thrown, and what promises reject with. No message holds a customer's value. */
export interface RcuError extends Error {
  /** A stable name, the same in every language. */
  code: ErrorCode
  /** What is wrong in the configuration and where; empty for other codes. */
  problems: Problem[]
}

/** Every `code` of an error. */
export type ErrorCode =
  | 'config'
  | 'config_syntax'
  | 'missing_column'
  | 'unknown_source'
  | 'no_input'
  | 'unknown_kind'
  | 'argument'
  | 'too_large'
  | 'io'
  | 'internal'

/** Every code of an error. */
export declare const ERROR_CODES: readonly ErrorCode[]

/** Every kind of value. */
export declare const KINDS: readonly Kind[]

/**
 * Resolves when the configuration is fine.
 *
 * @param config - An object, the path of a `.toml`, `.yaml` or `.json` file, or a text in one of these languages.
 * @throws Rejects with code `config` and **all** `problems`, each with its path and what would be accepted; with
 * `config_syntax` or `io` when it cannot be read.
 * @example
 * await check({ sources: { till: { id: 'no', fields: { last_name: 'nom' } } } }) // => undefined
 */
export declare function check(config: ConfigLike): Promise<void>

/**
 * What to say to the person who enters a record: a verdict, remarks with suggestions, and the record as it would be
 * stored.
 *
 * @param policy - Fields that must be there, fields whose absence is worth a warning, and codes whose effect is not
 * the usual one.
 * @throws Error with code `argument` for a name that is no field, or a code that is none.
 * @example
 * checkEntry({ last_name: 'Roy', email: 'paul@gmial.con' }, { mandatory: ['last_name'] }).remarks[0].suggestion // => 'paul@gmail.com'
 * checkEntry({ first_name: 'Paul' }, { mandatory: ['last_name'] }).verdict // => 'block'
 */
export declare function checkEntry(record: EntryRecord, policy?: EntryPolicy, options?: NormalizeOptions): EntryCheck

/** The same as `check`, on the calling thread: returns when the configuration is fine, throws otherwise. */
export declare function checkSync(config: ConfigLike): void

/**
 * The configuration with every default written out.
 *
 * @throws Rejects as `check` does.
 * @example
 * (await expand({ sources: { till: { id: 'no' } } })).rcu.region // => 'FR'
 */
export declare function expand(config: ConfigLike): Promise<Config>

/** The same as `expand`, on the calling thread. */
export declare function expandSync(config: ConfigLike): Config

/**
 * The normal form of one value, with its status, codes and side values.
 *
 * `null` and `undefined` are `empty`. The same rules as for columns and whole runs; nothing is looked up elsewhere.
 *
 * @param kind - What the value is: `'phone'`, `'email'`, `'last_name'`, …
 * @throws Error with code `unknown_kind` or `argument`.
 * @example
 * normalize('phone', '06 30 12 45 78').value // => '+33630124578'
 * normalize('email', 'Zoe@Gmial.com').codes // => ['domain_repaired']
 * normalize('phone', 'ask reception').status // => 'rejected'
 */
export declare function normalize(kind: Kind, value: Cell, options?: NormalizeOptions): Normalized

/**
 * The normal forms of a column: arrays `value`, `status` and `codes` of the length of `values`. Runs on a worker
 * thread.
 *
 * @param values - Texts, numbers, truth values and nulls, or an Arrow IPC stream as bytes; the result has the same
 * form. Arrow answers have the columns `value` (text), `status` (dictionary) and `codes` (list of text).
 * @throws Rejects with code `unknown_kind`, `argument`, `missing_column` or `io`.
 * @example
 * (await normalizeColumn('phone', ['06 30 12 45 78', null])).status // => ['ok', 'empty']
 */
export declare function normalizeColumn<V extends readonly Cell[] | Uint8Array>(kind: Kind, values: V, options?: ColumnOptions): Promise<V extends Uint8Array ? Uint8Array : NormalizedColumn>

/**
 * The same as `normalizeColumn`, on the calling thread.
 *
 * @example
 * normalizeColumnSync('city', ['lyon 3e', 'st etienne']).value // => ['LYON', 'SAINT ETIENNE']
 */
export declare function normalizeColumnSync<V extends readonly Cell[] | Uint8Array>(kind: Kind, values: V, options?: ColumnOptions): V extends Uint8Array ? Uint8Array : NormalizedColumn

/**
 * A whole record in its normal form: each canonical field and its values.
 *
 * Besides the canonical fields, `phone`, `name` and `address` are taken apart. The rules across fields apply: a
 * mobile number in `landline` moves to `mobile`, swapped names are put right.
 *
 * @param record - Texts by field name; an array gives a field several values.
 * @throws Error with code `argument` for a name that is no field.
 * @example
 * normalizeRecord({ last_name: 'Mme Dupont', landline: '06 30 12 45 78' }).mobile[0].value // => '+33630124578'
 */
export declare function normalizeRecord(record: EntryRecord, options?: NormalizeOptions): Record<string, Normalized[]>

/**
 * Golden records, crosswalk, links, aggregates and what is behind them. Runs on a worker thread.
 *
 * Neither the order of rows nor that of sources changes the result.
 *
 * @param config - An object, the path of a `.toml`, `.yaml` or `.json` file, or a text in one of these languages.
 * @param tables - Rows by source name: plain objects, or an Arrow IPC stream as bytes. A source that is not here is
 * read from its `path`.
 * @throws Rejects with an `Error` whose `code` is one of `ERROR_CODES`: `config` with all its `problems`,
 * `missing_column`, `unknown_source`, `no_input`, …
 * @example
 * const result = await resolve(config, tables)
 * result.summary.people // => 1
 * result.golden[0].email // => 'zoe@x.fr'
 */
export declare function resolve(config: ConfigLike, tables?: { [source: string]: Records } | null, options?: ResolveOptions): Promise<Resolution>

/**
 * The same as `resolve`, on the calling thread.
 *
 * @example
 * resolveSync(config, tables).crosswalk.map((row) => row.source) // => ['till', 'web']
 */
export declare function resolveSync(config: ConfigLike, tables?: { [source: string]: Records } | null, options?: ResolveOptions): Resolution

/**
 * The JSON Schema of the configuration, for editors and for checks of your own.
 *
 * @example
 * schema().title // => 'rcu configuration'
 */
export declare function schema(): { [keyword: string]: unknown }

/**
 * Customers of all sources, kept in one SQLite file: after every change what a fresh build would be.
 *
 * One program at a time has it open to write, any number read meanwhile. Calls are done one after the other, in the
 * order in which they were made, on a thread of their own. Answers are plain objects, the same as
 * `rcu repo … --json`. Every change takes a `reason`, for the log. `close` it, or declare it with `await using`.
 *
 * @example
 * const kept = await Repository.open(store, config, { create: true })
 * const done = await kept.upsert('web', [{ no: 'a', nom: 'Roy', mail: 'zoe@x.fr' }, { no: 'b', nom: 'ROY', mail: 'zoe@x.fr' }])
 * done.records.new // => 2
 * done.feed // => { created: 1 }
 * const [hit] = (await kept.search('roy')).hits
 * hit.score // => 1000
 * for await (const entry of kept.follow('newsletter')) equal(entry.golden_id, hit.golden_id)
 * await kept.close() // => undefined
 */
export declare class Repository {
  /**
   * Loads a first base into an empty repository, as a batch: `tables`, and the files of the other sources.
   *
   * @param tables - Rows by source name, as for `upsert`.
   */
  load(tables?: { [source: string]: Records } | null, options?: LoadOptions): Promise<Loaded>
  /**
   * Keeps rows of a source, or of several, with everything that follows, all of it or nothing.
   *
   * A row takes the place of the kept one unless it is older; what was not kept is in `rejects`, with why. Of plain
   * objects each says what it has: columns that it leaves out have no value.
   *
   * @throws Rejects with code `unknown_source`, or `missing_column` for a row with none of the columns that the
   * configuration reads.
   */
  upsert(...args: [source: string, rows: Records, options?: ChangeOptions] | [tables: { [source: string]: Records }, options?: ChangeOptions]): Promise<Done>
  /**
   * Takes rows as all that a source has: what is not among them was deleted there, but for statements of consent.
   *
   * Nothing is applied when more than 5 % of the rows are at fault (`suspended`); more than a fifth of the rows at
   * once are deleted only with `confirm` (`withheld`).
   */
  deliver(source: string, rows: Records, options?: DeliverOptions): Promise<Delivered>
  /** Deletes records or facts that their source deleted. */
  delete(source: string, ids: string | number | readonly (string | number)[], options?: ChangeOptions): Promise<Done>
  /**
   * Gives a record the identifier that its source gave it. It stays who it is.
   *
   * @throws Rejects with code `argument` when it is not kept or the identifier is another record's.
   */
  rename(source: string, id: string | number, to: string | number, options?: ChangeOptions): Promise<Done>
  /**
   * Keeps a steward's decision on two records, each `{ source, record_id }` or `source:record id`.
   *
   * @throws Rejects with code `argument` for another word, and for a decision that contradicts others.
   */
  decide(a: RecordLike, b: RecordLike, answer: 'same' | 'different' | 'household' | 'later', options?: ChangeOptions): Promise<Done>
  /** Takes the decision on two records back. */
  cancel(a: RecordLike, b: RecordLike, options?: ChangeOptions): Promise<Done>
  /**
   * Pins, ignores or clears a golden value, whatever the sources say.
   *
   * @param id - A golden id, or a record as `source:record id`, which the lock then follows.
   * @param value - The value that is pinned or ignored; null to clear.
   */
  lock(id: string, field: string, value: string | number | null, options: LockOptions): Promise<Done>
  /** Takes a lock back. */
  unlock(id: string, field: string, value: string | number | null, options: LockOptions): Promise<Done>
  /** Brings ages, periods and consents to a day, `YYYY-MM-DD`, by default today. */
  refresh(day?: string | null, options?: ChangeOptions): Promise<Done>
  /**
   * Entries of the feed that a consumer has not acknowledged, oldest first: created, updated, merged, unmerged,
   * deleted, erased, with what differs. They come again until they are acknowledged; see also `follow`.
   */
  changes(consumer: string, options?: ChangesOptions): Promise<ChangeEntry[]>
  /**
   * Says that a consumer, or a subscriber, has everything up to a cursor.
   *
   * @throws Rejects with code `argument` for a cursor that the feed has not reached.
   */
  acknowledge(consumer: string, cursor: number): Promise<void>
  /**
   * What a subscriber of the configuration has not acknowledged; or everybody in its view, at first and when `full`.
   * Acknowledge its `cursor` once it is where it should be.
   *
   * As Arrow bytes, `rows` has the columns `golden_id`, `record_id`, `event`, `reason`, `absorbed` (golden ids whose
   * rows go), `changed` (columns that are told; the others stay), then those of the view, all text.
   *
   * @param subscriber - `ecommerce`, `till`, `marketing`, `service`, `bi`, `source_feedback`, `billing`, or one of
   * `subscribers`.
   */
  feed<F extends TableFormat = 'rows'>(subscriber: string, options?: FeedOptions & { format?: F }): Promise<F extends 'arrow' ? Delivery<Uint8Array> : Delivery>
  /**
   * What statistics take beside the customers of `feed`: a table of facts for each family (`transactions`, …), what
   * these refer to (`stores`, `products`), and in `aliases` the golden id that each former one leads to. Their
   * `golden_id` is that of the customers. Empty for a subscriber of another view.
   *
   * @param subscriber - `'bi'` by default.
   */
  star<F extends TableFormat = 'rows'>(subscriber?: string | null, options?: TablesOptions & { format?: F }): Promise<{ [table: string]: F extends 'arrow' ? Uint8Array : { [column: string]: string | null }[] }>
  /**
   * Writes what `feed` gives to a file, whole or not at all, in the form and encoding of the subscriber.
   *
   * @param to - A folder, where the file's name says what it holds, or the file.
   */
  writeFeed(subscriber: string, to: string, options?: WriteFeedOptions): Promise<Served>
  /**
   * Erases a person from every table, index, history and past entry of the feed, then looks for their values in the
   * bytes of the file (`traces.left`). A dry run says who would be erased.
   *
   * @param id - A golden id, or a record as `source:record id`.
   */
  erase<D extends boolean = false>(id: string, options?: EraseOptions & { dryRun?: D }): Promise<D extends true ? Doomed : Erased>
  /** Lifts an erasure, by its number, with the reference of the proof that the person came back. */
  readmit(erasure: number, proof: string, options?: ChangeOptions): Promise<Lifted>
  /**
   * Applies other rules to everything and goes on under them; a dry run only says what they would change.
   *
   * The answer has counts of records, people, values and feed entries; `sample`, the first entries of each kind;
   * `rejects`, rows that the new rules refuse.
   */
  migrate(config: ConfigLike, options?: MigrateOptions): Promise<Migrated>
  /**
   * Writes a copy of the state of this moment to a new file.
   *
   * @throws Rejects with code `io` when the place is taken or cannot be written.
   */
  backup(to: string): Promise<Copied>
  /**
   * Hands a subscriber everything that it has not acknowledged, one delivery after the other.
   *
   * @param send - Called with a delivery. When what it returns is fulfilled, the delivery is acknowledged; when it
   * throws or rejects, the delivery is tried again. It may use the repository.
   * @throws Rejects with what `send` said last once a delivery was tried `tries` times. Nothing is lost: what was not
   * acknowledged comes with the next push.
   */
  push(subscriber: string, send: (delivery: Delivery) => unknown, options?: PushOptions): Promise<Pushed>
  /**
   * Everything that is kept of a person, for themselves: rows, purposes, recipients, links, consents, history. The log
   * says that it was read.
   *
   * @param id - A golden id, or a record as `source:record id`.
   */
  access(id: string, options?: ChangeOptions): Promise<Dossier>
  /** The rows that a person gave, by source, and nothing that was inferred. The log says that they were handed out. */
  portability(id: string, options?: ChangeOptions): Promise<{ [source: string]: { [column: string]: string }[] }>
  /** Pins what is right (`null`: there is no value); `corrections` are records whose sources have to correct theirs. */
  rectify(id: string, field: string, value: string | null, options?: ChangeOptions): Promise<Corrected>
  /** Keeps a person and uses nothing of them: out of matching, reads and deliveries, until `liftRestriction`. */
  restrict(id: string, options?: ChangeOptions): Promise<Restriction>
  /** Takes a restriction back; the person has the same golden id. */
  liftRestriction(id: string, options?: ChangeOptions): Promise<Done>
  /** Who is restricted. */
  restrictions(): Promise<Restriction[]>
  /**
   * Withdraws consents of a person at once: all of prospecting, or some channels, purposes and a brand.
   *
   * @param proof - The reference of what the person said: letter, call, form.
   */
  objection(id: string, proof: string, options?: ObjectOptions): Promise<Done>
  /** Who and what is kept longer than its term (`due`); erased with `apply`. */
  retention(options?: RetentionOptions): Promise<Retained>
  /** Keyed hashes of everybody who was erased: keep them as a JSON file apart from the backups, for `restore`. */
  erasures(): Promise<{ [key: string]: unknown }>
  /**
   * Whose data were read or handed out from one day to another, both included: people and fields.
   *
   * @param first - `YYYY-MM-DD`, and so is `last`.
   */
  breach(first: string, last: string, options?: BreachOptions): Promise<Breach>
  /**
   * People by whatever is known of them, partial or mistyped, best first, as a role sees them.
   *
   * @param clues - A text (`'fournett baptiste 87480'`), or what is known by field.
   */
  search(clues: string | { [K in keyof Search]: Search[K] | number }, options?: SearchOptions): Promise<Found>
  /**
   * What an upsert of one row would do: whose record it would be, whom it would meet and why. Writes nothing.
   *
   * @param row - Values by column (columns that are left out have no value), or Arrow IPC bytes of one row.
   */
  matchOne(source: string, row: object | Uint8Array, options?: MatchOptions): Promise<Foresight>
  /**
   * Everything known of one person, as a role sees it. The log says that it was read.
   *
   * @param id - A golden id, also one that a merge took in, or a record as `source:record id`.
   * @throws Rejects with code `argument` when nobody has the id, or the role is not known.
   */
  view360(id: string, options?: PageOptions): Promise<View360>
  /**
   * What became of a golden id, or of the one that a record, `source:record id`, has today.
   *
   * @throws Rejects with code `argument` when it was never given.
   */
  history(id: string): Promise<IdHistory>
  /** Who a record, `source:record id`, was at the end of a day, `YYYY-MM-DD`, or which records a golden id had. */
  recordsAt(id: string, day: string): Promise<RecordsThen>
  /** Decisions of stewards that stand. */
  decisions(): Promise<Ruling[]>
  /** Values that stewards pinned, ignored or cleared. */
  locks(): Promise<Lock[]>
  /** Who did what, when and why: entries from a number on, at most so many. */
  log(options?: LogOptions): Promise<LogEntry[]>
  /**
   * Builds everything anew and compares; `clean` when nothing differs and the log is whole.
   *
   * @throws Rejects with code `io` for a damaged file, and when the secret that the log is checked with is not there.
   */
  verify(): Promise<Verified>
  /** The tables `golden`, one row per person, and `crosswalk`, one row per record. The log says so. */
  tables<F extends TableFormat = 'rows'>(options?: TablesOptions & { format?: F }): Promise<F extends 'arrow' ? { golden: Uint8Array, crosswalk: Uint8Array } : { golden: KeptRow[], crosswalk: KeptRow[] }>
  /** Writes these tables as Parquet into a folder, which is made when it is not there. */
  export(folder: string, options?: ChangeOptions): Promise<Exported>
  /**
   * Opens the repository in a file.
   *
   * @param store - The file.
   * @param config - As for `check`; the rules that the repository was built by.
   * @throws Rejects with code `io` when it is not there, another program writes, the file is damaged or none of a
   * repository, or the secret is not there; with `argument` when the configuration has other rules than those it was
   * built by (see `migrateFile`); with `config` as for `check`.
   */
  static open(store: string, config: ConfigLike, options?: OpenOptions): Promise<Repository>
  /** As `migrate`, for a repository that is not open. */
  static migrateFile(store: string, config: ConfigLike, options?: MigrateFileOptions): Promise<Migrated>
  /**
   * Puts a backup in the place of a repository that nobody has open, once it was found undamaged, and erases again
   * whoever was erased since.
   *
   * @throws Rejects with code `io` when the backup is no whole repository; nothing was changed then.
   */
  static restore(backup: string, store: string, config: ConfigLike, options?: RestoreOptions): Promise<Restored>
  /** The file. */
  get store(): string
  /** Whether it is open to read only. */
  get readOnly(): boolean
  /** Whether it was closed. */
  get closed(): boolean
  /**
   * The `day` that ages, periods and consents are kept for, and the one, `due`, that `refresh` should bring it to
   * when it is another.
   */
  days(): Promise<Days>
  /** Gives the file back, once everything that was asked for is done. Closing twice is fine. */
  close(): Promise<void>
}

/**
 * Who is who, their golden records and aggregates, and where all of it comes from.
 *
 * The tables stay in Rust until they are asked for. A property such as `golden` makes its array once, on the calling
 * thread; `table` makes it on a worker thread, or gives Arrow bytes, which suits large ones.
 *
 * In rows, whole numbers are numbers, decimal numbers are exact texts (`'194.00'`), days are texts as `'2026-11-21'`,
 * and what is not known is `null`. Amounts that end in `_minor` count cents.
 */
export declare class Resolution {
  /** One row for each person: `golden_id`, `household_id`, `records`, `sources`, then the kept value of each field. */
  get golden(): GoldenRow[]
  /** Which person each record is. */
  get crosswalk(): CrosswalkRow[]
  /** Accepted links: two records, the pass that found them, the score in thousandths. */
  get links(): LinksRow[]
  /** Pairs that wait for a steward, and why. */
  get review(): ReviewRow[]
  /** Which household each person is in. */
  get households(): HouseholdsRow[]
  /** Revenue, visits, recency, RFM and complaints of each person. */
  get aggregates(): AggregatesRow[]
  /** Rows that were not loaded: source, line, column, code and reason, never the content. */
  get rejects(): RejectsRow[]
  /** For each golden value: the record that supplied it, the rule, its score in thousandths, how many it beat. */
  get provenance(): ProvenanceRow[]
  /** Values that many people carry, taken out of matching. */
  get shared(): SharedRow[]
  /** Figures of each person by brand and company. */
  get profiles(): ProfilesRow[]
  /** Facts whose customer no record is. */
  get orphans(): OrphansRow[]
  /** Rows that facts name and that are not there. */
  get missingReferences(): MissingReferencesRow[]
  /** Other values of each person's fields, best first, with the record that has them. */
  get alternatives(): AlternativesRow[]
  /** What became of each lock of a steward. */
  get locks(): LocksRow[]
  /** State of each consent of each person: purpose, channel, brand, whether they may be contacted, and the proof. */
  get consents(): ConsentsRow[]
  /** What each person is to each brand: records, consents, loyalty cards. */
  get brands(): BrandsRow[]
  /** One row per company: id, legal unit, counts, and the best value of each field. */
  get companies(): CompaniesRow[]
  /** Company and legal unit of each account and contact record. */
  get companyCrosswalk(): CompanyCrosswalkRow[]
  /** Each person's roles in companies. */
  get contacts(): ContactsRow[]
  /** Links between company records. */
  get companyLinks(): CompanyLinksRow[]
  /** Pairs of company records that wait for a steward. */
  get companyReview(): CompanyReviewRow[]
  /** Counts that reconcile: rows of each source, records, people, households, passes, money in cents. */
  get summary(): Summary
  /** Whether every row and every cent is accounted for. */
  get reconciles(): boolean
  /**
   * A table, made on a worker thread: rows, or the bytes of an Arrow IPC stream.
   *
   * @throws Rejects with code `argument` for an unknown name, `too_large` beyond 2 GiB of text in an Arrow column.
   * @example
   * const result = await resolve(config, tables)
   * (await result.table('crosswalk')).length // => 2
   * (await result.table('golden', { format: 'arrow' })) instanceof Uint8Array // => true
   */
  table<N extends keyof Tables, F extends TableFormat = 'rows'>(name: N, options?: { format?: F }): Promise<F extends 'arrow' ? Uint8Array : Tables[N][]>
  /** The same as `table`, on the calling thread. */
  tableSync<N extends keyof Tables, F extends TableFormat = 'rows'>(name: N, options?: { format?: F }): F extends 'arrow' ? Uint8Array : Tables[N][]
  /**
   * How right the run is, against a truth: pairwise and B-cubed precision, recall and F1, each in 0..=1.
   *
   * @param truth - A CSV, Parquet or JSON Lines file, rows, or Arrow IPC bytes, with `person_id` and either
   * `rec_id` (`source|record id`) or `source` and `record_id`.
   * @throws Rejects with code `missing_column` or `io`.
   * @example
   * const result = await resolve(config, tables)
   * const truth = [{ rec_id: 'till|1', person_id: 'p' }, { rec_id: 'web|a', person_id: 'p' }]
   * (await result.evaluate(truth)).f1 // => 1
   */
  evaluate(truth: string | Records): Promise<Quality>
  /** The same as `evaluate`, on the calling thread. */
  evaluateSync(truth: string | Records): Quality
  /**
   * Everything known of one person: identity, contacts with their ranks, consents, facts by family, aggregates,
   * household, where each value comes from and what it beat, and how the records became one.
   *
   * @param id - A golden id, also one that a merge absorbed, or any record as `source:record id`.
   * @param options - `role`: show what this role sees; by default everything.
   * @throws Rejects with code `argument` when nobody has the id or the role is not known.
   */
  view360(id: string, options?: ViewOptions): Promise<View360>
  /** The same as `view360`, on the calling thread. */
  view360Sync(id: string, options?: ViewOptions): View360
  /** The conceptual model and the data dictionary of the configuration: `mermaid`, `markdown`, `json` or `csv`. */
  model(format?: 'mermaid' | 'markdown' | 'json' | 'csv'): string
  /**
   * Why two records are one person, wait for a steward, or are two, and the smallest change that would turn it.
   *
   * `outcome` and `because` say it in short; `passes` which keys they share, which levels and guards refused;
   * `weights` and `points` what each comparison adds; `changes` what would turn it; `chain` the links between them
   * with the weakest. Values are masked unless `clear` is true. What comparing needs is computed anew on each call.
   *
   * @throws Rejects with code `unknown_source`, or `argument` for a record that was not loaded.
   * @example
   * const result = await resolve(config, tables)
   * const [a, b] = [{ source: 'till', record_id: '1' }, { source: 'web', record_id: 'a' }]
   * (await result.explain(a, b)).outcome // => 'one_person'
   */
  explain(a: { source: string, record_id: string }, b: { source: string, record_id: string }, options?: { clear?: boolean }): Promise<Record<string, any>>
  /** The same as `explain`, on the calling thread. */
  explainSync(a: { source: string, record_id: string }, b: { source: string, record_id: string }, options?: { clear?: boolean }): Record<string, any>
  /**
   * One self-contained HTML page: what was read, who was found, what waits, what the money says. It holds no
   * personal value in clear and loads nothing.
   */
  report(): string
  /**
   * Writes the tables as Parquet files, `summary.json` and `report.html` into a folder, which is made when it is
   * not there. The same files as `rcu resolve --out`.
   *
   * @throws Rejects with code `io` when a file cannot be written.
   */
  write(dir: string): Promise<void>
  /** The same as `write`, on the calling thread. */
  writeSync(dir: string): void
}

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

/** A row of the table `golden`. */
export interface GoldenRow {
  golden_id: string
  household_id: string
  records: number
  sources: string
  civility: string | null
  last_name: string | null
  first_name: string | null
  birth_name: string | null
  suffix: string | null
  birth_date: string | null
  email: string | null
  other_emails: string | null
  mobile: string | null
  other_mobiles: string | null
  landline: string | null
  other_landlines: string | null
  address_extra: string | null
  street: string | null
  postcode: string | null
  city: string | null
  country: string | null
  loyalty_card: string | null
  language: string | null
  consent_email: string | null
  consent_sms: string | null
  company_name: string | null
  siret: string | null
  siren: string | null
  store: string | null
  created_at: string | null
  first_purchase_date: string | null
  [field: string]: string | number | boolean | null
}

/** A row of the table `crosswalk`. */
export interface CrosswalkRow {
  source: string
  record_id: string
  golden_id: string
  household_id: string
}

/** A row of the table `links`. */
export interface LinksRow {
  source_a: string
  record_id_a: string
  source_b: string
  record_id_b: string
  pass: string
  score: number
  evidence: string | null
}

/** A row of the table `review`. */
export interface ReviewRow {
  source_a: string
  record_id_a: string
  source_b: string
  record_id_b: string
  pass: string
  score: number
  evidence: string | null
  reason: string
  golden_id_a: string
  golden_id_b: string
}

/** A row of the table `aggregates`. */
export interface AggregatesRow {
  golden_id: string
  net_revenue: string
  net_revenue_total: string
  purchase_count: number
  visits: number
  avg_basket: string | null
  discount_rate: string | null
  discount_rate_unweighted: string | null
  return_rate: string | null
  value_36m: string | null
  margin: string | null
  favourite_store: string | null
  favourite_channel: string | null
  first_purchase_date: string | null
  last_purchase_date: string | null
  recency_days: number | null
  rfm: string | null
  rfm_segment: string | null
  lifecycle: string
  reactivated: boolean | null
  status: string | null
  status_by_brand: string | null
  status_by_company: string | null
  appetence: string | null
  complaints_open: number
  complaints_12m: number | null
  last_complaint_date: string | null
  mean_resolution_days: string | null
  nps_last: number | null
  rating_avg_12m: string | null
  reviews_12m: number | null
  unhappy: boolean | null
  priority_care: boolean
  sessions_30d: number | null
  pages_30d: number | null
  last_visit: string | null
  abandoned_cart: boolean | null
  abandoned_cart_value: string | null
  abandoned_cart_items: string | null
  newsletter_clicks_90d: number | null
  opens_90d: number | null
  contacts_30d: number | null
  last_contact: string | null
  loyalty_points: string | null
}

/** A row of the table `profiles`. */
export interface ProfilesRow {
  golden_id: string
  dimension: string | null
  name: string | null
  status: string | null
  lifecycle: string
  net_revenue: string
  net_revenue_total: string
  purchase_count: number
  first_purchase_date: string | null
  last_purchase_date: string | null
  rfm: string | null
}

/** A row of the table `orphans`. */
export interface OrphansRow {
  family: string | null
  source: string
  fact_id: string | null
  customer_source: string | null
  customer_id: string | null
  date: string | null
  net: string | null
}

/** A row of the table `missing_references`. */
export interface MissingReferencesRow {
  reference: string | null
  family: string | null
  missing_id: string | null
  rows: number | null
}

/** A row of the table `rejects`. */
export interface RejectsRow {
  source: string
  file: string
  line: number
  column: string
  code: string
  reason: string
  excluded: boolean
}

/** A row of the table `provenance`. */
export interface ProvenanceRow {
  golden_id: string
  field: string
  source: string
  record_id: string
  updated_at: string | null
  rule: string
  score: number
  beaten: number
  author: string | null
  reason: string | null
}

/** A row of the table `alternatives`. */
export interface AlternativesRow {
  golden_id: string
  field: string
  rank: number | null
  value: string
  source: string
  record_id: string
  updated_at: string | null
  score: number
  secondary: boolean | null
}

/** A row of the table `locks`. */
export interface LocksRow {
  golden_id: string
  field: string
  kind: string | null
  value: string
  state: string | null
  author: string | null
  reason: string
  date: string | null
  sources_say: string | null
  source: string
  record_id: string
  diverging_days: number | null
  alert: boolean | null
}

/** A row of the table `consents`. */
export interface ConsentsRow {
  golden_id: string
  purpose: string | null
  channel: string | null
  brand: string | null
  state: string | null
  contactable: boolean | null
  date: string | null
  expires: string | null
  proof: string | null
  said_by: string | null
  source: string
  record_id: string
  statements: number | null
}

/** A row of the table `shared`. */
export interface SharedRow {
  field: string
  value: string
  people: number
  records: number
}

/** A row of the table `brands`. */
export interface BrandsRow {
  golden_id: string
  brand: string | null
  company: string | null
  records: number
  consent_email: string | null
  consent_sms: string | null
  loyalty_cards: string | null
}

/** A row of the table `companies`. */
export interface CompaniesRow {
  company_id: string | null
  group_id: string | null
  records: number
  accounts: number | null
  contact_records: number | null
  sources: string
  company_name: string | null
  siren: string | null
  siret: string | null
  vat: string | null
  email: string | null
  other_emails: string | null
  mobile: string | null
  other_mobiles: string | null
  landline: string | null
  other_landlines: string | null
  address_extra: string | null
  street: string | null
  postcode: string | null
  city: string | null
  country: string | null
  created_at: string | null
}

/** A row of the table `company_crosswalk`. */
export interface CompanyCrosswalkRow {
  source: string
  record_id: string
  company_id: string | null
  group_id: string | null
}

/** A row of the table `contacts`. */
export interface ContactsRow {
  golden_id: string
  company_id: string | null
  group_id: string | null
  role: string | null
  since: string | null
  until: string | null
  source: string
}

/** A row of the table `company_links`. */
export interface CompanyLinksRow {
  source_a: string
  record_id_a: string
  source_b: string
  record_id_b: string
  pass: string
  score: number
  evidence: string | null
}

/** A row of the table `company_review`. */
export interface CompanyReviewRow {
  source_a: string
  record_id_a: string
  source_b: string
  record_id_b: string
  pass: string
  score: number
  evidence: string | null
  reason: string
  company_id_a: string | null
  company_id_b: string | null
}

/** A row of the table `households`. */
export interface HouseholdsRow {
  household_id: string
  golden_id: string
}

/** The type of a row of each table, by its name. */
export interface Tables {
  golden: GoldenRow
  crosswalk: CrosswalkRow
  links: LinksRow
  review: ReviewRow
  aggregates: AggregatesRow
  profiles: ProfilesRow
  orphans: OrphansRow
  missing_references: MissingReferencesRow
  rejects: RejectsRow
  provenance: ProvenanceRow
  alternatives: AlternativesRow
  locks: LocksRow
  consents: ConsentsRow
  shared: SharedRow
  brands: BrandsRow
  companies: CompaniesRow
  company_crosswalk: CompanyCrosswalkRow
  contacts: ContactsRow
  company_links: CompanyLinksRow
  company_review: CompanyReviewRow
  households: HouseholdsRow
}

/** How the records of one person decide together. */
export type Across = 'most_restrictive' | 'latest'

/** Periods, perimeter and thresholds (`domain.md` §5.1–5.6). */
export interface AggregateSpec {
  /** Months of the main period: revenue, purchases, visits, basket, discount rate. */
  period_months?: number
  /** Months looked at for the favourite store. */
  favourite_store_months?: number
  /** Months looked at for the favourite channel. */
  favourite_channel_months?: number
  /** Months looked at for the RFM scores. */
  rfm_months?: number
  /** Months of the customer's value and margin. */
  value_months?: number
  /** Months looked at for the share of each category. */
  appetence_months?: number
  /** Months without a purchase after which somebody is a former customer, of a brand, of a company, of all. */
  former_after_months?: number
  /** Channels that are not physical stores: their purchases are no visits. */
  remote_channels?: string[]
  /** Transaction statuses that are left out. */
  excluded_statuses?: string[]
  /** Kinds of transaction lines that are left out. */
  excluded_kinds?: ExcludedKind[]
  /** Whether amounts are counted with VAT or without. */
  tax?: Tax
  /** VAT rate of a line that names none, in percent; read to a thousandth of a percent. */
  vat_percent?: number
  /** The day on which a return counts. */
  returns_at?: ReturnsAt
  /** Whether a sale that was returned whole still counts as a purchase date (`return` lines name their sale's ticket). */
  returned_sales_count?: boolean
  /** Currency of all sums, ISO 4217; absent: that of `rcu.region`. */
  currency?: string | null
  /** What a stored rate says: units of our currency for one of theirs, or of theirs for one of ours. */
  rates_are?: RatesAre
  /** How many days before the transaction a stored rate may be; 0: that of the day or none. */
  fx_max_age_days?: number
  /** Fixed thresholds instead of quintiles for the RFM scores. */
  rfm_thresholds?: RfmThresholds | null
  /** Whether RFM scores are given by brand too, each among the customers of that brand. */
  rfm_by_brand?: boolean
  /** Whether web and newsletter events count only when the tracker's consent was granted at their time. */
  tracker_consent?: boolean
  /** Minutes without an event after which a web session has ended. */
  session_gap_minutes?: number
  /** Hours without an order after which a cart is abandoned. */
  abandoned_after_hours?: number
  /** Lifetime revenue above which an unhappy customer gets priority, in minor units of the currency. */
  priority_care_minor?: number
  /** Aggregates of the installation's own, by name. */
  custom?: { [key: string]: CustomSpec }
}

/** A value that did not survive. */
export interface Alternative {
  /** Value. */
  value: string | null
  /** Source of the best record that has it. */
  source: string
  /** The record. */
  record_id: string
  /** Score in thousandths. */
  score: number
}

/** A lawful basis (GDPR art. 6). */
export type Basis =
  | 'contract'
  | 'legitimate_interest'
  | 'consent'
  | 'legal_obligation'
  | 'vital_interests'
  | 'public_task'

/** Bounds of a field. */
export interface Bounds {
  /** At least this. */
  from?: Scalar | null
  /** More than this. */
  above?: Scalar | null
  /** At most this. */
  to?: Scalar | null
  /** Less than this. */
  below?: Scalar | null
  /** None of these. */
  not?: Scalar[]
}

/** Whose readings. */
export interface BreachOptions {
  /** Who read; by default anybody. */
  by?: string | null
}

/** How many rows may point at one. */
export type Cardinality = 'many_to_one' | 'one_to_one'

/** A rule for some people. */
export interface Case {
  /**
   * Condition on the golden values of other fields; `source = 'x'` holds when a record of x is there, `records` is
   * how many there are.
   */
  when: string
  /** The rule of people who fulfil it. */
  rule: FieldRule
}

/** Who changes something, and why. */
export interface ChangeOptions {
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log: a ticket, a request, a run. */
  reason?: string | null
}

/** How much of something that goes on. */
export interface ChangesOptions {
  /** At most so many entries at once; 1000 by default. */
  most?: number | null
}

/** What is asked of a person. */
export type Clue =
  | 'id'
  | 'email'
  | 'phone'
  | 'loyalty_card'
  | 'birth_date'
  | 'last_name'
  | 'first_name'
  | 'postcode'
  | 'city'

export type Code =
  | 'placeholder'
  | 'bad_length'
  | 'bad_chars'
  | 'bad_format'
  | 'bad_syntax'
  | 'bad_checksum'
  | 'excel_scientific'
  | 'short_number'
  | 'special_number'
  | 'fictional_number'
  | 'unallocated_range'
  | 'non_ascii_local'
  | 'ambiguous_domain'
  | 'disposable_domain'
  | 'noreply_address'
  | 'encoding_lost'
  | 'not_a_name'
  | 'too_short'
  | 'too_long'
  | 'company_in_name'
  | 'unknown_value'
  | 'ambiguous_value'
  | 'former_country'
  | 'invalid_date'
  | 'future_date'
  | 'too_old'
  | 'partial_date'
  | 'ambiguous_century'
  | 'line_too_long'
  | 'insee_code'
  | 'unallocated'
  | 'postcode_city_mismatch'
  | 'missing_postcode'
  | 'missing_city'
  | 'ambiguous_separator'
  | 'not_an_amount'
  | 'siren_given'
  | 'multiple_values'
  | 'excel_artifact'
  | 'char_substituted'
  | 'country_code_inferred'
  | 'country_code_replaced'
  | 'prefix_repaired'
  | 'leading_zero_restored'
  | 'wrapper_removed'
  | 'at_repaired'
  | 'whitespace_removed'
  | 'dots_collapsed'
  | 'diacritics_folded'
  | 'domain_repaired'
  | 'tld_added'
  | 'mojibake_repaired'
  | 'comment_removed'
  | 'digits_removed'
  | 'name_swapped'
  | 'century_inferred'
  | 'day_month_swapped'
  | 'excel_serial'
  | 'timezone_shifted'
  | 'number_zero_removed'
  | 'number_range_reduced'
  | 'line_shortened'
  | 'city_repaired'
  | 'city_inferred'
  | 'rounded'
  | 'siret_truncated'
  | 'siren_from_vat'
  | 'phone_type_swapped'
  | 'field_swapped'
  | 'null_literal'
  | 'label_removed'
  | 'extension_extracted'
  | 'trunk_zero_removed'
  | 'suspect_sequence'
  | 'platform_number'
  | 'idn'
  | 'role_address'
  | 'dead_domain'
  | 'legacy_domain'
  | 'domain_suspect'
  | 'civility_extracted'
  | 'couple'
  | 'birth_name_extracted'
  | 'other_first_names'
  | 'initials'
  | 'non_latin'
  | 'mlle_merged'
  | 'time_dropped'
  | 'suspect_default'
  | 'very_old'
  | 'minor'
  | 'minor_under_15'
  | 'abbrev_expanded'
  | 'arrondissement_removed'
  | 'cedex'
  | 'prefix_removed'
  | 'monaco'
  | 'legacy_currency'
  | 'negative'
  | 'foreign_unchecked'
  | 'gender_mismatch'
  | 'date_order'
  | 'country_mismatch'
  | 'internal_contact'

/** Options of a column. */
export interface ColumnOptions {
  /** Country of the source, ISO 3166-1 alpha-2; `'FR'` by default. */
  region?: string | null
  /** The day on which ages and futures are judged, `YYYY-MM-DD`; today in Paris by default. */
  asOf?: string | null
  /** The source's decimal separator, `'.'` or `','`, when it is known. */
  decimalSeparator?: string | null
  /** Order of figures in dates; `'DMY'` by default. */
  dateOrder?: DateOrder | null
  /** Keep special numbers (08, short ones), as companies have; `false` by default. */
  allowSpecial?: boolean | null
  /**
   * The installation's own lists, as the `lists` part of a configuration; files that they name are relative to the
   * current folder. The shipped lists alone by default.
   */
  lists?: ListsSpec | null
  /** Which column of the Arrow table to take; needed when it has several. */
  column?: string | null
}

/** Companies and contacts (`domain.md` §3.5, §3.7). */
export interface CompanySpec {
  /**
   * Whether companies are made at all. They are made when a source is of family `companies`, or when a source of
   * customers maps a company's name or number or names its `account`.
   */
  enabled?: boolean
  /**
   * Matching passes over companies, in order. Absent: SIRET; SIREN and postcode; name, postcode and way; VAT number;
   * and two hints that only go to review.
   */
  passes?: PassSpec[]
  /**
   * Passes over persons that companies add to `passes`: same name in one company, and rows that name a company and no
   * person.
   */
  contact_passes?: PassSpec[]
}

/** Counts of companies and contacts. */
export interface CompanySummary {
  /** Records of companies. */
  records: number
  /** Of these, rows of company sources; the others are named by rows of customers. */
  accounts: number
  /** Companies found; an establishment each, where a SIRET is known. */
  companies: number
  /** Legal units: companies of one SIREN are one. */
  legal_units: number
  /** Records in the largest company. */
  largest_company: number
  /** Records of persons that belong to a company. */
  contact_records: number
  /** Passes in order. */
  passes: PassReport[]
  /** Pairs of companies left to the steward. */
  review_pairs: number
  /** Links refused because two companies would have met. */
  refused_links: number
  /** Records whose SIRET is not of their SIREN; the SIRET is believed. */
  siren_conflicts: number
  /** Records of customers whose account no row of a company source is. */
  unknown_accounts: number
  /** E-mails and telephones of companies that contacts bear too: they make no key for a person. */
  own_contact_values: number
}

/** See [`CompareSpec::Levels`]. */
export interface CompareLevels {
  /** Lowest level that links. */
  link: string
  /** Lowest level that goes to review. */
  review?: string | null
  /** Both records must have the value. */
  required?: boolean
}

/** What a comparison must reach. */
export type CompareSpec = string | CompareLevels

/** A comparison of the installation's own. */
export interface ComparisonSpec {
  /** The field whose values are compared. A field with several values agrees as well as its best two do. */
  field: string
  /**
   * Tests from best to worst; the first that holds gives the level, none gives `else`. A test is `exact`,
   * `jaro_winkler(s)`, `osa(n)` (letters more, less, other or swapped), `token_set(s)` (share of words in common),
   * `contains`, `prefix(n)`, `phonex`, `soundex`, `nickname`, `swapped(other_field)`, `day_month_swapped`,
   * `date_parts(n)` (at most n of day, month and year differ), `days(n)`, `absolute(x)`, `relative(share)`,
   * `km(d,longitude_field)` where `field` is the latitude.
   */
  levels: string[]
  /** Whether a model weighs an exact agreement by how rare the value is. */
  term_frequency?: boolean
}

/** One thing that a person must be. */
export interface Condition {
  /** Field of the golden record. */
  field?: string
  /** Its value is one of these. */
  is?: string[]
  /** Its value is none of these. */
  is_not?: string[]
  /** It has a value, or has none. */
  present?: boolean | null
}

/** What a field must be. */
export type Condition2 = Scalar | Scalar[] | Bounds

/** The whole configuration. Every part but `sources` has a French retail default. */
export interface Config {
  /** Region, time zone, reference day. */
  rcu?: General
  /** Each source system, by name. */
  sources: { [key: string]: SourceSpec }
  /** Fields of the installation's own, by name; the built-in ones are there already. */
  fields?: { [key: string]: FieldSpec }
  /** The installation's own rule lists, added to the shipped ones. */
  lists?: ListsSpec
  /** Families of facts of the installation's own, and relations of the known ones, by name. */
  families?: { [key: string]: FamilySpec }
  /** Matching passes, in order. Absent: the four canonical passes and a scored one. */
  passes?: PassSpec[]
  /** Caps, points and thresholds of matching. */
  matching?: MatchingSpec
  /**
   * File of steward decisions, beside the configuration: CSV, Parquet or JSON Lines with columns `source_a`,
   * `record_id_a`, `source_b`, `record_id_b`, `decision` (same, different, household, later), and `date`, `author`,
   * `comment`, `cancelled` where there are any.
   */
  decisions?: string | null
  /** The Fellegi–Sunter model of passes with `decide = "model"`. */
  model?: ModelSpec
  /** How the value of each golden field is chosen. */
  survivorship?: SurvivorshipSpec
  /** How companies are matched, and what their contacts have besides the passes of all persons. */
  companies?: CompanySpec
  /** Where consents come from, and how those of a person's records meet. */
  consents?: ConsentSpec
  /** Roles of the installation's own, and what it changes in the shipped ones, by name. */
  roles?: { [key: string]: RoleSpec }
  /** Why personal data are processed: purposes of the installation's own, and what it changes in the shipped ones. */
  purposes?: { [key: string]: PurposeSpec }
  /** How long they are kept. */
  retention?: RetentionSpec
  /** Who receives what: subscribers of the installation's own, and what it changes in the shipped ones, by name. */
  subscribers?: { [key: string]: SubscriberSpec }
  /** How persons are grouped into households. */
  households?: HouseholdSpec
  /** Periods, perimeter and thresholds of the aggregates, and those of the installation's own. */
  aggregates?: AggregateSpec
}

/** What a customer field of kind `consent` stands for. */
export interface ConsentColumn {
  /** Purpose of the processing. */
  purpose?: string
  /** Means of contact. */
  channel?: string
  /** Brand; empty for all that the installation has. */
  brand?: string
  /** Customer field with the date of the statement; absent: the record's date of change. */
  date?: string | null
  /** Customer field with the reference of the proof. */
  proof?: string | null
}

/** Where consents come from besides the rows of the family `consents`, and how those of merged records meet. */
export interface ConsentSpec {
  /** How the records of one person decide together. */
  across_records?: Across
  /** Customer fields of kind `consent` that stand for a statement, by field. */
  columns?: { [key: string]: ConsentColumn }
  /** Sources that hold a proof of each grant in their columns; of the others a grant is `unproven`, and no contact. */
  proven_by?: string[]
}

/** The state of a consent and everything that was said. */
export interface ConsentView {
  /** Purpose. */
  purpose: string
  /** Channel. */
  channel: string
  /** Brand; empty for all. */
  brand: string
  /** `granted`, `unproven`, `unknown`, `expired`, `denied`, `withdrawn`. */
  state: string
  /** Whether the person may be contacted. */
  contactable: boolean
  /** What was said about it, record by record. */
  statements: StatementView[]
}

/** A means of contact. */
export interface ContactView {
  /** Field. */
  field: string
  /** 1 for the golden value, further values after it. */
  rank: number
  /** Value. */
  value: string | null
  /** Score in thousandths. */
  score: number
  /** Date of last change of the record that has it. */
  updated_at?: string | null
  /** Whether a mask is over it. */
  masked?: boolean
}

/** How trust decays with age. */
export type Curve = 'linear' | 'exponential'

/** One aggregate of the installation's own. */
export interface CustomSpec {
  /** `count`, `distinct(field)`, `sum(field)`, `min(field)`, `max(field)` or `avg(field)`. */
  measure: string
  /** Family of the facts. */
  family?: string
  /** Conditions by field; a fact counts when all of them hold. */
  filter?: { [key: string]: Condition2 }
  /** The facts' days: `12 months`, `90 days`, `ever`, or fixed ones. */
  window?: Window
  /** One figure for each value of this field instead of one in all. */
  by?: string | null
  /** What it means, for the dictionary. */
  description?: string
}

/** How a row of another family names its customer. */
export interface CustomerRef {
  /** Column with the customer's identifier in its source. */
  id: string
  /** The source that identifier belongs to, when it is always the same. */
  source?: string | null
  /** Column with the name of that source, when rows name different ones. */
  source_column?: string | null
}

/** Whether the rows of a family belong to customers. */
export type CustomerUse = 'optional' | 'required' | 'none'

/** A kind of key that leads to too many records. */
export interface Cut {
  /** What the key is made of. */
  clues: Clue[]
  /** Keys of that kind that were left out. */
  keys: number
}

/** Order of day, month and year in figures. */
export type DateOrder = 'DMY' | 'MDY' | 'YMD'

/** Decisions of stewards. */
export interface DecisionCounts {
  /** Pairs joined by a steward. */
  same: number
  /** Pairs kept apart by a steward, those of one household among them. */
  different: number
  /** Of these, pairs of one household. */
  household: number
  /** Pairs left for later. */
  later: number
  /** Decisions on records that are not in this run; they are kept. */
  waiting: number
}

/** Options of a full file. */
export interface DeliverOptions {
  /** Delete what is missing, also when it is more than a fifth of the records; `false` by default. */
  confirm?: boolean | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** A pair that may be one person. */
export interface Doubt {
  /** Own record. */
  own: string
  /** Record of another person. */
  other: string
  /** Golden id of the other person. */
  golden_id: string
  /** Why it is in doubt. */
  reason: string
  /** Its score. */
  score: number
}

/** The encoding of a subscriber's texts. Parquet and JSON Lines are UTF-8 whatever is said here. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'windows-1252'

/** The answer to an entry. */
export interface EntryCheck {
  /** The gravest verdict of the remarks. */
  verdict: Verdict
  /** Remarks, in field order. */
  remarks: Remark[]
  /** The record as it would be stored. */
  record: { [key: string]: Normalized[] }
}

/** What a source asks of its entries. */
export interface EntryPolicy {
  /** Fields that must be there and valid: a refused value blocks, a missing one too. */
  mandatory?: string[]
  /** Fields whose absence is worth a warning. */
  desired?: string[]
  /**
   * Codes and what they lead to, where that is not the usual: reject codes block on mandatory fields and warn
   * elsewhere, correction codes warn, the others say nothing. A French company's SIRET is judged by rules of its
   * own: `missing` warns, `bad_checksum` and `siren_mismatch` block, `closed_establishment` warns.
   */
  codes?: { [key: string]: Verdict }
}

/** Options of an erasure. */
export interface EraseOptions {
  /** Only say who would be erased; `false` by default. */
  dryRun?: boolean | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** A kind of transaction line that can be left out. */
export type ExcludedKind = 'gift_card' | 'deposit' | 'shipping'

/** A fact. */
export interface FactView {
  /** Source. */
  source: string
  /** Identifier in it. */
  id: string
  /** Values by field; amounts and decimals as texts, so that they are exact. */
  values: { [key: string]: unknown }
}

/** A family of the installation's own, or what it changes in a known one. */
export interface FamilySpec {
  /** Fields with their kinds. A known family has its own already. */
  fields?: { [key: string]: Kind }
  /** Fields that tell its rows apart, over all sources; absent: the source's `id` does, within the source. */
  key?: string[]
  /** The field with the day on which a fact happened. */
  date?: string | null
  /** Whether its sources say whose a row is. */
  customer?: CustomerUse
  /** References to other families. */
  relations?: RelationSpec[]
  /** What it means, for the dictionary. */
  description?: string
}

/** Options of a delivery to a subscriber. */
export interface FeedOptions {
  /** Everybody in its view, whatever it acknowledged; `false` by default. */
  full?: boolean | null
  /** At most so many entries of the feed; 100 000 by default. */
  most?: number | null
  /** `'rows'` (plain objects, the default) or `'arrow'` (bytes of an Arrow IPC stream). */
  format?: TableFormat | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** What became of the values of one field of one source. */
export interface FieldProfile {
  /** Values kept as they were. */
  ok: number
  /** Values repaired. */
  corrected: number
  /** Values refused. */
  rejected: number
  /** Nothing there. */
  empty: number
  /** How often each code was given. */
  codes: { [key: string]: number }
}

/**
 * The rule of one field: a name, a chain of rules where each breaks the ties of the one before, or a table with
 * settings.
 */
export type FieldRule = Rule | Rule[] | RuleTable

/** Where a field's value comes from. */
export type FieldSource = string | FieldSource[] | FieldTable

/** A field of the installation's own. */
export interface FieldSpec {
  /** How its values are normalised. */
  kind: Kind
  /** What it means, for the dictionary. */
  description?: string
}

/** A column with its conventions. */
export interface FieldTable {
  /** The column. */
  column?: string | null
  /** Columns whose texts are joined by a space, blanks left out. */
  join?: string[]
  /** The same value for every row. */
  constant?: string | null
  /** The source's own words and what they stand for (`"3" = "MLLE"`). */
  values?: { [key: string]: string }
  /**
   * Texts by which this source, as master of the field, erases the value: what other records say of it up to that
   * day does not survive.
   */
  clear?: string[]
  /** Order of day, month and year. */
  date_order?: DateOrder | null
  /** Decimal separator. */
  decimal_separator?: string | null
}

/** The form of a subscriber's files. */
export type FileFormat = 'csv' | 'jsonl' | 'parquet'

/** A fixed half-open period. */
export interface FixedWindow {
  /** First day inside, `YYYY-MM-DD`. */
  from: string
  /** First day after, `YYYY-MM-DD`. */
  until: string
}

/** File formats. Without one, the ending of the file name decides. */
export type Format = 'csv' | 'parquet' | 'jsonl'

/** What a search found. */
export interface Found {
  /** People, best first. */
  hits: Hit[]
  /** People beyond those that were wanted. */
  more: number
  /** Records looked at. */
  scored: number
  /** Keys that lead to too many records and were left out. More clues make the search whole. */
  cut: Cut[]
  /**
   * Clues that were not looked for, and why: `hidden` or `masked` for the role, `too_short`, `not_a_date`, `alone` for
   * one that too many people share.
   */
  ignored: Ignored[]
}

/** Region, time zone, reference day. */
export interface General {
  /** Country of the sources, ISO 3166-1 alpha-2; a source may name its own. */
  region?: string
  /** Time zone of local dates, an IANA name; a store of a French overseas postcode has its own. */
  timezone?:
    | 'Africa/Abidjan'
    | 'Africa/Algiers'
    | 'Africa/Dakar'
    | 'Africa/Tunis'
    | 'America/Cayenne'
    | 'America/Chicago'
    | 'America/Denver'
    | 'America/Guadeloupe'
    | 'America/Halifax'
    | 'America/Los_Angeles'
    | 'America/Marigot'
    | 'America/Martinique'
    | 'America/Miquelon'
    | 'America/New_York'
    | 'America/St_Barthelemy'
    | 'America/Toronto'
    | 'Asia/Dubai'
    | 'Asia/Hong_Kong'
    | 'Asia/Shanghai'
    | 'Asia/Singapore'
    | 'Asia/Tokyo'
    | 'Atlantic/Canary'
    | 'Atlantic/Madeira'
    | 'Etc/UTC'
    | 'Europe/Amsterdam'
    | 'Europe/Andorra'
    | 'Europe/Athens'
    | 'Europe/Belgrade'
    | 'Europe/Berlin'
    | 'Europe/Bratislava'
    | 'Europe/Brussels'
    | 'Europe/Bucharest'
    | 'Europe/Budapest'
    | 'Europe/Copenhagen'
    | 'Europe/Dublin'
    | 'Europe/Guernsey'
    | 'Europe/Helsinki'
    | 'Europe/Jersey'
    | 'Europe/Lisbon'
    | 'Europe/Ljubljana'
    | 'Europe/London'
    | 'Europe/Luxembourg'
    | 'Europe/Madrid'
    | 'Europe/Malta'
    | 'Europe/Monaco'
    | 'Europe/Oslo'
    | 'Europe/Paris'
    | 'Europe/Prague'
    | 'Europe/Rome'
    | 'Europe/San_Marino'
    | 'Europe/Sofia'
    | 'Europe/Stockholm'
    | 'Europe/Vaduz'
    | 'Europe/Vienna'
    | 'Europe/Warsaw'
    | 'Europe/Zagreb'
    | 'Europe/Zurich'
    | 'Indian/Kerguelen'
    | 'Indian/Mauritius'
    | 'Indian/Mayotte'
    | 'Indian/Reunion'
    | 'Pacific/Gambier'
    | 'Pacific/Marquesas'
    | 'Pacific/Noumea'
    | 'Pacific/Tahiti'
    | 'Pacific/Wallis'
    | 'UTC'
  /** The day on which ages, recencies and periods are judged, `YYYY-MM-DD`. Absent: the caller's day. */
  as_of?: string | null
}

/** Fields that are taken together from one record, so that no street of one meets the city of another. */
export interface GroupRule {
  /** The fields, taken from one record. */
  fields: string[]
  /** How that record is chosen. */
  rule: FieldRule
  /** Fields without which a record cannot supply the group; absent: any of `fields`. */
  needs?: string[]
  /** Whether fields that the chosen record lacks are filled from the next records that could supply the group. */
  fill?: boolean
}

/** The rules that can keep two candidates apart (`domain.md` §3.2). */
export type Guard =
  | 'names_compatible'
  | 'birth_date'
  | 'gender'
  | 'address_number'
  | 'common_name'
  | 'birth_name'
  | 'names_confirmed'
  | 'employer'
  | 'establishment'
  | 'several_establishments'

/** A guard, by name or with the decision it gives. */
export type GuardSpec = Guard | GuardThen

/** See [`GuardSpec::Then`]. */
export interface GuardThen {
  /** The guard. */
  guard: Guard
  /** What becomes of the pair when it trips. */
  then: Refusal
}

/** How the records became one person in this run. */
export interface History {
  /** Links between their records. */
  links: LinkView[]
  /** Pairs with other people that wait for a steward, and links that were refused. */
  doubts: Doubt[]
  /** What stewards locked. */
  locks: LockView[]
}

/** A person who may be meant. */
export interface Hit {
  /** The golden id. */
  golden_id: string
  /** The share of what was asked that the person meets, in thousandths. */
  score: number
  /** What was met, and how. */
  met: Met[]
  /** Golden values as the role sees them, in the order of the fields; those that it may not see are left out. */
  values: Shown[]
}

/** How persons are grouped. */
export interface HouseholdSpec {
  /** Whether households are made at all. */
  enabled?: boolean
  /** An address with more people than this is a building or an institution, not a household. */
  max_people?: number
}

/** The household of the person. */
export interface HouseholdView {
  /** Household id. */
  id: string
  /** Golden ids of its other people. */
  others: string[]
}

/** How a value met what was asked. */
export type How =
  | 'exact'
  | 'included'
  | 'nickname'
  | 'initial'
  | 'one_slip'
  | 'two_slips'
  | 'phonetic'
  | 'prefix'
  | 'suffix'
  | 'other_domain'
  | 'swapped'
  | 'year'
  | 'area'

/** A clue that was not looked for. */
export interface Ignored {
  /** The clue. */
  clue: Clue
  /** Why. */
  why: string
}

/** One recipe (`["last_name", "mobile"]`) or several (`[["email"], ["last_name", "mobile"]]`). */
export type KeySpec = string[] | string[][]

/** What a value is, and so which normaliser reads it. Names are those of `domain.md` §2. */
export type Kind =
  | 'phone'
  | 'email'
  | 'email_key'
  | 'last_name'
  | 'first_name'
  | 'person_name'
  | 'name_key'
  | 'civility'
  | 'birth_date'
  | 'date'
  | 'street'
  | 'postcode'
  | 'city'
  | 'postcode_city'
  | 'address'
  | 'addr_key'
  | 'addr_key2'
  | 'amount'
  | 'amount_minor'
  | 'siren'
  | 'siret'
  | 'vat_fr'
  | 'iban'
  | 'iban_mask'
  | 'country'
  | 'language'
  | 'loyalty_card'
  | 'loyalty_card_ean13'
  | 'loyalty_card_luhn'
  | 'boolean'
  | 'consent'
  | 'company_name'
  | 'company_key'
  | 'soundex_fr'
  | 'phonex'
  | 'text'
  | 'integer'
  | 'decimal'
  | 'category'
  | 'identifier'

/** A link between two records, as `source:record id`. */
export interface LinkView {
  /** One. */
  a: string
  /** The other. */
  b: string
  /** The pass that found it, or `steward`. */
  pass: string
  /** Its score. */
  score: number
  /** Comparisons and their levels. */
  evidence: string
}

/** The installation's own lists, each beside the shipped one. */
export interface ListsSpec {
  /** Providers' domains, to which slips are repaired: `mutuelle.fr`. */
  email_providers?: WordList | null
  /** Slips in a provider's name and the name: `gmial = "gmail"`. */
  email_typos?: PairList | null
  /** Slips in a TLD and the TLD: `con = "com"`. */
  email_tld_typos?: PairList | null
  /** Real domains, which are never repaired and never suspected. */
  known_domains?: WordList | null
  /** Domains of throw-away addresses, with all below them. */
  disposable_domains?: WordList | null
  /** Domains typed to fill the field. */
  placeholder_domains?: WordList | null
  /** Domains whose mail no longer arrives. */
  dead_domains?: WordList | null
  /** Old brands whose mail still arrives. */
  legacy_domains?: WordList | null
  /** Local parts of functions, not of persons: `contact`. */
  role_addresses?: WordList | null
  /** Local parts of mailboxes that nobody reads. */
  noreply_addresses?: WordList | null
  /** Local parts typed to fill the field. */
  placeholder_addresses?: WordList | null
  /** Names that stand for nobody: `CLIENT COMPTOIR`. */
  placeholder_names?: WordList | null
  /** Words that make a name a company: `TRANSPORTS`. */
  company_words?: WordList | null
  /** First names and whose they are: `M`, `F` or `MF`. */
  first_names?: PairList | null
  /** Family names. */
  last_names?: WordList | null
  /** First names of both sexes, which prove no gender. */
  epicene?: WordList | null
  /** A short form and the first names it stands for: `FIFI = "PHILIPPE|SOPHIE"`. */
  nicknames?: PairList | null
  /** Civilities and titles in front of names, and what they are: `M`, `MME`, `DR`, `PR`, `ME`, `COUPLE`. */
  titles?: PairList | null
  /** Abbreviated types of ways and the type in full: `STRD = "STRADA"`. */
  street_abbreviations?: PairList | null
  /** Abbreviated titles of persons in names of ways: `SGT = "SERGENT"`. */
  street_titles?: PairList | null
  /** Other abbreviations in names of ways: `PTE = "PETITE"`. */
  street_words?: PairList | null
  /** Postcodes and their localities: `75380 = "PARIS"`. */
  cities?: PairList | null
  /** Names of countries and their ISO code: `METROPOLE = "FR"`. */
  countries?: PairList | null
  /** Names of languages and their ISO code. */
  languages?: PairList | null
  /** Addresses of staff and shops, or whole domains (`@maison.fr`): flagged `internal_contact`, never a key. */
  internal_emails?: WordList | null
  /** Telephone numbers of staff and shops, likewise. */
  internal_phones?: WordList | null
  /** SIRET of establishments that are closed: a warning at entry. */
  closed_establishments?: WordList | null
}

/** Options of a first base. */
export interface LoadOptions {
  /**
   * Folder that the paths in the configuration are relative to; by default that of the configuration's file, or the
   * current one when the configuration is no file.
   */
  input?: string | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** One decision of a steward on one field of one person. */
export interface Lock {
  /** The person, by golden id; else give `source` and `record_id`. */
  golden_id?: string | null
  /** Source of the record that the lock follows. */
  source?: string | null
  /** Identifier of that record in its source. */
  record_id?: string | null
  /** The field. */
  field?: string
  /** What is decided. */
  kind?: LockKind
  /** The value that is pinned or ignored. */
  value?: string | null
  /** Who decided. */
  author?: string
  /** Why. */
  reason?: string
  /** The day from which it holds, `YYYY-MM-DD`; absent: since ever. */
  date?: string | null
  /** The first day on which it holds no more, `YYYY-MM-DD`; absent: never. */
  expires?: string | null
  /**
   * Whether it holds only until the source says something new: another value than `was`, or, without `was`, a date of
   * change after `date`.
   */
  until_change?: boolean
  /** With `until_change`: what the source said when the lock was made. */
  was?: string | null
}

/** Values that stewards locked. */
export interface LockCounts {
  /** Locks that decide. */
  in_force: number
  /** Locks that are lifted, expired, overruled, or not yet due. */
  over: number
  /** Locks on records that are not in this run; they are kept. */
  not_found: number
  /** Locks that the sources contradict. */
  diverging: number
  /** Of these, for longer than `survivorship.lock_divergence_days`. */
  alerts: number
}

/** What a lock decides. */
export type LockKind = 'pin' | 'ignore' | 'clear'

/** Options of a lock. */
export interface LockOptions {
  /** What is decided of the value; `'pin'` by default. */
  kind?: LockKind | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why; a lock has to say. */
  reason?: string | null
}

/** A lock on a value. */
export interface LockView {
  /** Field. */
  field: string
  /** `pin`, `ignore`, `clear`. */
  kind: string
  /** The value. */
  value: string | null
  /** What became of it. */
  state: string
  /** Who decided. */
  author: string
  /** Why. */
  reason: string
}

/** Which entries of the log. */
export interface LogOptions {
  /** The number of the first; 1 by default. */
  first?: number | null
  /** At most so many; 100 by default. */
  most?: number | null
}

/** Options of a look at what an upsert would do. */
export interface MatchOptions {
  /** What it is asked for; records that the purpose may not use are no candidates. */
  purpose?: string | null
}

/** Caps, points and thresholds. */
export interface MatchingSpec {
  /**
   * Comparisons of the installation's own, by name, beside the built-in ones (`last_name`, `first_name`,
   * `birth_date`, `gender`, `suffix`, `email`, `mobile`, `landline`, `loyalty_card`, `address`).
   */
  comparisons?: { [key: string]: ComparisonSpec }
  /** Above this number of distinct people (last and first name) a value is shared and makes no key. */
  max_shared?: { [key: string]: number }
  /** Blocks with more records are split by a second key and reported. */
  max_block?: number
  /** A last and first name carried by more records than this is common. */
  common_name?: number
  /** Points of each level, for scores and for passes decided by points. */
  points?: PointsSpec
  /** Points from which a pass decided by points links. */
  link_at?: number
  /** Points from which it goes to review. */
  review_at?: number
  /** A birth date is proven when it was written clean and its source's reliability for birth dates reaches this. */
  proven_at?: number
  /** Clusters with more records are reported. */
  giant_cluster?: number
  /** Whether records of different brands or companies of the group may be one person. */
  merge_scope?: MergeScope
}

/** How far identity reaches (`domain.md` §3.7). */
export type MergeScope = 'group' | 'company' | 'brand'

/** A clue that a person met. */
export interface Met {
  /** What was asked. */
  clue: Clue
  /** How the value met it. */
  how: How
  /** Whether last and first name stand in each other's place. */
  names_swapped?: boolean
}

/** How candidates of a pass are decided. */
export type Method = 'levels' | 'points' | 'model' | 'review'

/** Options of other rules for a repository that is not open. */
export interface MigrateFileOptions {
  /** The secret of this installation, as for `open`. */
  secret?: Secret
  /** Seconds to wait for another program that writes; 5 by default. */
  wait?: number | null
  /** Only say what they would change; `false` by default. */
  dryRun?: boolean | null
  /** The day of the configuration, `YYYY-MM-DD`; by default its own, else today. */
  asOf?: string | null
  /** Who does it, for the log; by default the user that the program runs as. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** Options of other rules. */
export interface MigrateOptions {
  /** Only say what they would change; `false` by default. */
  dryRun?: boolean | null
  /** The day of the configuration, `YYYY-MM-DD`; by default its own, else today. */
  asOf?: string | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** Whether a subscriber takes all people each time, or what changed. */
export type Mode = 'full' | 'delta' | 'push'

/** Which model decides in passes with `decide = "model"`. */
export interface ModelSpec {
  /** Where the model comes from. */
  from?: Origin
  /** File of a trained model, beside the configuration; `from` is then `file`. */
  file?: string | null
  /** The comparisons that weigh. Absent: the installation's own when there are any, else the built-in ones. */
  comparisons?: string[]
  /** Match weight in bits, prior included, from which a pair is linked. Absent: the model's own threshold. */
  link_at_bits?: number | null
  /** Match weight in bits from which a pair goes to review. Absent: the model's own threshold. */
  review_at_bits?: number | null
}

/** How one value, or each value of a column or record, is normalised. */
export interface NormalizeOptions {
  /** Country of the source, ISO 3166-1 alpha-2; `'FR'` by default. */
  region?: string | null
  /** The day on which ages and futures are judged, `YYYY-MM-DD`; today in Paris by default. */
  asOf?: string | null
  /** The source's decimal separator, `'.'` or `','`, when it is known. */
  decimalSeparator?: string | null
  /** Order of figures in dates; `'DMY'` by default. */
  dateOrder?: DateOrder | null
  /** Keep special numbers (08, short ones), as companies have; `false` by default. */
  allowSpecial?: boolean | null
  /**
   * The installation's own lists, as the `lists` part of a configuration; files that they name are relative to the
   * current folder. The shipped lists alone by default.
   */
  lists?: ListsSpec | null
}

/** One normalised value, as every language sees it. */
export interface Normalized {
  /** The value in its normal form; null when rejected or empty. */
  value: string | null
  /** `ok`, `corrected`, `rejected` or `empty`. */
  status: Status
  /** Codes of the closed registry, in the order of the steps. */
  codes: Code[]
  /** Side values: `extension`, `line_type`, `country`, `currency`, `birth_name`, … */
  extra: { [key: string]: string }
}

/** What a person objects to, and who says so. */
export interface ObjectOptions {
  /** Channels; by default all. */
  channels?: string[] | null
  /** Purposes; by default all of prospecting. */
  purposes?: string[] | null
  /** A brand; by default all. */
  brand?: string | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** One value or a list of them. */
export type OneOrMany = string | string[]

/** How a repository is opened. */
export interface OpenOptions {
  /**
   * The secret of this installation, at least 16 bytes, or the path of its file; by default the store's name with
   * `.secret`. Without it nobody knows an erased person again: keep a copy, apart from backups.
   */
  secret?: Secret
  /** Make the repository, and the secret's file, when it is not there; `false` by default. */
  create?: boolean | null
  /**
   * Only read, while another program may write; `false` by default. What reads a person in clear writes into the log,
   * and is refused.
   */
  readOnly?: boolean | null
  /** Seconds to wait for another program that writes; 5 by default. */
  wait?: number | null
  /** Who does it, for the log; by default the user that the program runs as. */
  by?: string | null
  /**
   * The day of a new repository, `YYYY-MM-DD`; by default that of the configuration, else today. A repository that
   * is there stays at its own day until `refresh`.
   */
  asOf?: string | null
  /** Use it as somebody of this role: what the role may not do is refused, what it may not see is left out. */
  role?: string | null
}

/** Where a golden value comes from. */
export interface Origin {
  /** Field. */
  field: string
  /** Source of the record that supplied it. */
  source: string
  /** The record. */
  record_id: string
  /** Date of last change of the record. */
  updated_at?: string | null
  /** The rule that chose. */
  rule: string
  /** Score in thousandths. */
  score: number
  /** Of a locked value, who decided. */
  author?: string | null
  /** Of a locked value, why. */
  reason?: string | null
  /** Distinct values that it beat, best first. */
  beat?: Alternative[]
}

/** What becomes of a row that points at nothing. */
export type OrphanControl = 'list' | 'reject'

/** Options of the page of a person who is kept. */
export interface PageOptions {
  /** Who looks; `'admin'` by default. */
  role?: string | null
  /** What it is read for; what the purpose may not use is left out. By default those that the role works for. */
  purpose?: string | null
  /** Also write the page to this file. */
  html?: string | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** Pairs: a plain table, or one that also names a file, a version and an owner. */
export type PairList = PairSheet | { [key: string]: string }

/** A list of pairs with its file, version and owner. */
export interface PairSheet {
  /** The pairs. Several right sides are parted by `|`. */
  values?: { [key: string]: string }
  /**
   * A file with one pair a line, the sides parted by `,`, `;` or tab, relative to the configuration; lines that
   * begin with `#` are remarks. A left side may come several times.
   */
  file?: string | null
  /** Version of the list. */
  version?: string | null
  /** Who answers for the list. */
  owner?: string | null
  /** Take the place of the shipped list instead of adding to it. */
  replace?: boolean
}

/** What a pass did. */
export interface PassReport {
  /** Name of the pass. */
  name: string
  /** Candidate pairs compared, each counted once. */
  candidates: number
  /** Pairs linked. */
  linked: number
  /** Pairs left to review. */
  review: number
  /** Pairs refused. */
  refused: number
  /** Blocks over the limit, which were split by a second key. */
  split_blocks: number
  /** Records in the largest block. */
  largest_block: number
  /** Pairs inside split blocks that differ in the second keys too and were not compared. */
  pairs_not_compared: number
}

/** One matching pass. */
export interface PassSpec {
  /** Name in links and reports. */
  name: string
  /**
   * Key recipes. Two records are candidates when all parts of one recipe are equal. A part is a field, or one of
   * `phonex(f)`, `soundex(f)`, `initial(f)`, `prefix(f,n)`, `suffix(f,n)`, `token(f)` (each word), `qgram(f,n)`,
   * `year(f)`, `month_day(f)`; `sorted(f,n)` is no key: it pairs each record with the n - 1 that follow it in the
   * order of the field. `address` is postcode, number and way; `street_line` number and way; `name_pair` last and
   * first name in either order; `employer` the company that a contact belongs to, `account` the same for records that
   * name no person; `way` the street without its number. `company_key(f)` is a company's name without legal form and
   * articles, `domain(f)` the domain of an e-mail address that is no public provider's.
   */
  on: KeySpec
  /** Level that each comparison must reach for a link; a missing value is neutral unless `required` says otherwise. */
  compare?: { [key: string]: CompareSpec }
  /** Rules that keep a candidate from being linked. */
  guards?: GuardSpec[]
  /** How candidates are decided. */
  decide?: Method
}

/** Points of agreement and disagreement (`domain.md` §3.4). */
export interface PointsSpec {
  email?: number
  mobile?: number
  landline?: number
  loyalty_card?: number
  birth_date_equal?: number
  birth_date_swapped?: number
  birth_date_one_component?: number
  birth_date_conflict?: number
  last_name_equal?: number
  last_name_included?: number
  last_name_phonetic?: number
  last_name_close?: number
  last_name_conflict?: number
  last_name_marriage?: number
  first_name_equal?: number
  first_name_nickname?: number
  first_name_compatible?: number
  first_name_conflict?: number
  address?: number
  street?: number
  postcode?: number
  gender_conflict?: number
  suffix_conflict?: number
}

/** One thing wrong in a configuration: where, what was found, what would be accepted. */
export interface Problem {
  /** Path in the file: `sources.till.fields.email`, `passes[1].on[0]`. */
  path: string
  /** What is wrong and what would be accepted. */
  reason: string
}

/** A purpose of the installation's own, or what it changes in the shipped one of that name. */
export interface PurposeSpec {
  /** Its lawful basis. */
  basis?: Basis | null
  /** What it is, in words that the people concerned are told. */
  text?: string | null
  /** Whether it is prospecting: an objection to prospecting ends it, and it is not for minors. */
  prospecting?: boolean | null
  /** The only fields that it may use; absent: all but `except`. */
  fields?: string[] | null
  /** Fields that it may not use. */
  except?: string[] | null
}

/** Options of a push. */
export interface PushOptions {
  /** At most so many entries of the feed in one delivery; 10 000 by default. */
  most?: number | null
  /** How often a delivery is tried; 5 by default. */
  tries?: number | null
  /** Seconds before the second try, twice as many before each further one, at most 60; 1 by default. */
  pause?: number | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** Counts and shares. Shares are 1 when there is nothing to be wrong about. */
export interface Quality {
  /** Records with a truth. */
  records: number
  /** Pairs in one cluster and one person. */
  true_positive_pairs: number
  /** Pairs in one cluster. */
  predicted_pairs: number
  /** Pairs of one person. */
  true_pairs: number
  /** Share of predicted pairs that are right. */
  precision: number
  /** Share of true pairs that were found. */
  recall: number
  /** Harmonic mean of the two. */
  f1: number
  /** B-cubed precision: mean over records of the share of their cluster that is right. */
  b3_precision: number
  /** B-cubed recall: mean over records of the share of their person that was found. */
  b3_recall: number
  /** Harmonic mean of the two. */
  b3_f1: number
}

/** What a stored rate says. */
export type RatesAre = 'ours_for_one' | 'theirs_for_one'

/** A record by its source and its own identifier. */
export interface RecordRef {
  /** Its source. */
  source: string
  /** Its identifier there. */
  record_id: string
}

/** A record of the person. */
export interface RecordView {
  /** Source. */
  source: string
  /** Identifier in it. */
  record_id: string
  /** Date of last change. */
  updated_at?: string | null
}

/** What a tripped guard makes of a pair. */
export type Refusal = 'no' | 'review'

/** What a reference was found to be. */
export interface RelationReport {
  /** Family that is referred to. */
  to: string
  /** Facts that name something. */
  references: number
  /** Of them, those that name nothing that is there. */
  orphans: number
  /** Different identifiers that are not there. */
  missing: number
  /** Facts beyond the first of one identifier, where one at most may name it. */
  over_cardinality: number
}

/** A reference of a family's field to another family. */
export interface RelationSpec {
  /** The field that holds the other row's identifier. */
  field: string
  /** The family it points at. */
  to: string
  /** How many rows may point at one. */
  cardinality?: Cardinality
  /** What becomes of a row that points at none. */
  orphans?: OrphanControl
}

/** Trust in a source. */
export type Reliability = number | { [key: string]: number }

/** A reliability set by hand, over what the source declares. */
export interface ReliabilityOverride {
  /** The source. */
  source: string
  /** The field. */
  field: string
  /** Trust, 0 to 1. */
  reliability: number
  /** Why. */
  reason: string
  /** Who decided. */
  author?: string | null
  /** When, `YYYY-MM-DD`. */
  date?: string | null
}

/** One remark on an entry. */
export interface Remark {
  /** The field. */
  field: string
  /** The code of the registry, or `missing`, `siren_mismatch`, `closed_establishment`. */
  code: string
  /** What it leads to. */
  verdict: Verdict
  /** The value that was probably meant, when there is one. */
  suggestion?: string | null
}

/** Where a run's files are, and its day. */
export interface ResolveOptions {
  /**
   * Folder that the paths in the configuration are relative to; by default that of the configuration's file, or
   * the current one when the configuration is no file.
   */
  input?: string | null
  /** The day on which ages and periods are judged, `YYYY-MM-DD`; by default that of the configuration, else today. */
  asOf?: string | null
}

/** Options of a backup that is put back. */
export interface RestoreOptions {
  /** The secret of this installation, as for `open`. */
  secret?: Secret
  /**
   * Files of erasures that were kept apart, when the repository that is replaced cannot say whom it erased
   * (`rcu repo erasures --out FILE`).
   */
  replay?: string[] | null
  /** Who does it, for the log; by default the user that the program runs as. */
  by?: string | null
  /** Seconds to wait for another program that writes; 5 by default. */
  wait?: number | null
}

/** Options of a look at terms. */
export interface RetentionOptions {
  /** Erase what is due; `false` by default. */
  apply?: boolean | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/**
 * Terms, counted from the last contact of the person (purchase, reply, call, log-in, click; opening an e-mail is none)
 * or, for rows, from their own date. 0 keeps for ever.
 */
export interface RetentionSpec {
  /** Months after which a person who never bought is erased. */
  prospects_months?: number
  /**
   * Months after which somebody who never bought and has nothing but online accounts is erased, once they were warned.
   * Sources say that their records are accounts (`accounts`).
   */
  accounts_months?: number
  /** How many months before that they are warned. Nobody with an account is erased as a prospect who was not. */
  accounts_warning_months?: number
  /** Months after which a customer is no longer solicited: consents are over, proof of oppositions stays. */
  customers_months?: number
  /** Months after which a customer is erased: evidence of the contract. Sales that accounts need stay without the person. */
  contracts_months?: number
  /** Months after which a sale, already nobody's or not, is taken out: invoices and ledgers. */
  invoices_months?: number
  /** Months after which web and newsletter events are taken out. */
  trackers_months?: number
  /** Months after which complaints and reviews are taken out. */
  complaints_months?: number
  /** Months after which an opposition and its proof may go. */
  oppositions_months?: number
  /**
   * Months after which rows of the family `rights_requests` are taken out, where an installation declares one: the
   * file of a request.
   */
  requests_months?: number
  /**
   * Months after which rows of the family `identity_documents` are taken out, where an installation declares one: what
   * was shown with a request.
   */
  identity_documents_months?: number
  /** The same of those whose field `right` says that it was an opposition. */
  opposition_documents_months?: number
  /**
   * Months after which an entry of the log no longer says who did what to whom, but for entries that prove how a right
   * was answered.
   */
  logs_months?: number
  /** Months for rows of other families, by their name. */
  families?: { [key: string]: number }
}

/** The day on which a return counts. */
export type ReturnsAt = 'return_date' | 'sale_date'

/** Fixed thresholds of the RFM scores: a customer's score is 1 plus the thresholds that are met. */
export interface RfmThresholds {
  /** Days since the last purchase, falling: met when the recency is at most the threshold. */
  recency_days: number[]
  /** Purchases, rising: met from the threshold on. */
  frequency: number[]
  /** Net revenue in minor units, rising: met from the threshold on. */
  monetary_minor: number[]
}

/** Something that a role may do. */
export type Right = 'read_clear' | 'read_masked' | 'update' | 'export' | 'merge' | 'decide' | 'erase'

/** A shipped role. */
export type Role =
  | 'admin'
  | 'steward'
  | 'dpo'
  | 'marketing'
  | 'sales'
  | 'service'
  | 'store'
  | 'finance'
  | 'product'
  | 'bi'
  | 'auditor'

/** A role of the installation's own, or what it changes in a shipped one of that name. */
export interface RoleSpec {
  /** The shipped role that it begins as; absent: that of its own name, else one that sees nothing. */
  like?: Role | null
  /** What it sees otherwise, by area. */
  sees?: { [key: string]: Sight }
  /** What it sees otherwise, by field of the golden record. */
  fields?: { [key: string]: Sight }
  /**
   * Purposes whose consents open what it sees as `consented`; absent: those of the role that it begins as, which for
   * `marketing` is `marketing`.
   */
  purposes?: string[] | null
  /**
   * Purposes that it works for: what may be read for none of them it does not see. Absent: those of the role that it
   * begins as, else all.
   */
  works_for?: string[] | null
  /** What it may do; absent: what the role that it begins as may, else read. */
  rights?: Right[] | null
  /**
   * The brands whose records it sees; absent: all. Of people with records of others too it sees what these brands'
   * records know.
   */
  brands?: string[]
  /** The companies whose records it sees; absent: all. */
  companies?: string[]
}

/**
 * How one value is chosen among those of a cluster's records. Ties always fall to the better quality, the more
 * reliable source, the later date, the source's priority, then the smallest source and record id.
 */
export type Rule =
  | 'score'
  | 'most_recent'
  | 'source_priority'
  | 'main_source'
  | 'most_complete'
  | 'most_reliable'
  | 'trust'
  | 'best_quality'
  | 'valid_first'
  | 'most_frequent'
  | 'most_frequent_sources'
  | 'unanimous'
  | 'first_known'
  | 'first'
  | 'last'
  | 'longest'
  | 'shortest'
  | 'min'
  | 'max'
  | 'sum'
  | 'count'
  | 'count_distinct'
  | 'ranking'
  | 'expression'
  | 'union'
  | 'concatenate'
  | 'any_true'
  | 'all_true'
  | 'most_restrictive'

/**
 * A rule with its settings. Conditions are written `country = 'FR' and updated_at >= 2024-01-01`: names of fields,
 * `source`, `updated_at`, `age_days`, `status`, `records`; `=`, `!=`, `<`, `<=`, `>`, `>=`, `in ('a', 'b')`,
 * `starts_with`, `ends_with`, `contains`, `is missing`, `is known`; `and`, `or`, `not`, brackets. A comparison with a
 * missing value does not hold.
 */
export interface RuleTable {
  /** The rule, or a chain where each breaks the ties of the one before. */
  rule?: Rules
  /** `most_recent` and `first_known`: the field of the same record (a date or number) that they look at. */
  by?: string | null
  /** `main_source`: the only source that may supply the value. */
  source?: string | null
  /** `source_priority`: sources from most to least preferred, for this field. */
  sources?: string[]
  /** `ranking`: values from most to least preferred. */
  values?: string[]
  /** `expression`: the condition that a preferred value's record fulfils. */
  prefer?: string | null
  /** `union`, `concatenate`: what stands between two values. */
  separator?: string | null
  /** Only values whose record fulfils this condition may survive. */
  where?: string | null
  /** Sources that only fill: their values are taken when no other source has one. */
  fill_only?: string[]
  /** Take the value of the record that won this other field, in place of `rule`. */
  follow?: string | null
  /** Rules for people whose golden record fulfils a condition; the first that does decides in place of `rule`. */
  cases?: Case[]
  /** The rule when this one gives no value. */
  otherwise?: FieldRule | null
}

/** One rule or a chain of them. */
export type Rules = Rule | Rule[]

/** A value in a condition. */
export type Scalar = boolean | number | string

/** What is known of the person that is looked for: whole, its beginning, or mistyped. At least one of them. */
export interface Search {
  /** A golden id, also one that a merge took in, or `source:record id`. */
  id?: string | null
  /** Last name. */
  last_name?: string | null
  /** First name. */
  first_name?: string | null
  /** Names in any order, a city behind them if need be; used where `last_name` and `first_name` are absent. */
  name?: string | null
  /** E-mail address, or what comes before the `@`. */
  email?: string | null
  /** Telephone number in any form, mobile or not, or its last figures (four at least). */
  phone?: string | null
  /** Loyalty card, or its last characters (four at least). */
  loyalty_card?: string | null
  /** Postcode, or its first two figures or more. */
  postcode?: string | null
  /** City. */
  city?: string | null
  /** Birth date in any form, or the year. */
  birth_date?: string | null
  /**
   * The purpose that it is for; without one, those that the role works for. What a purpose may not use finds nobody and
   * is not shown.
   */
  purpose?: string | null
  /** People wanted. */
  most?: number
  /** Records looked at, at most. Keys that lead to more are left out and named in the answer. */
  scored?: number
}

/** Options of a search. */
export interface SearchOptions {
  /** Who looks; `'store'` by default. A field that the role may not read finds nobody. */
  role?: string | null
  /** What it is for; what the purpose may not use finds nobody. By default those that the role works for. */
  purpose?: string | null
}

/** A golden value as a role sees it. */
export interface Shown {
  /** The field. */
  field: string
  /** The value, or its mask; null when nothing of it may be shown. */
  value: string | null
  /** Whether it is under a mask. */
  masked?: boolean
}

/** How much of an area is seen. */
export type Sight = 'clear' | 'consented' | 'masked' | 'hidden'

/** Rows read, loaded, rejected and excluded for one source, and the profile of its fields. */
export interface SourceCounts {
  /** Rows read. */
  read: number
  /** Rows loaded. */
  loaded: number
  /** Rows rejected for a fault. */
  rejected: number
  /** Rows left out by a rule. */
  excluded: number
  /**
   * Profile by field name. `postcode_city` counts the addresses whose postcode and locality, each well formed, do
   * not go together.
   */
  fields: { [key: string]: FieldProfile }
}

/** A source system and the contract of its rows. */
export interface SourceSpec {
  /**
   * What its rows are: `customers`, `companies`, `transactions`, `stores`, `products`, `rates`, `complaints`, `reviews`,
   * `interactions`, `loyalty`, `consents`, or a family that `families` declares.
   */
  family?: string
  /** File, or files read as one, relative to the configuration or to `--input`. Absent when rows are pushed. */
  path?: OneOrMany | null
  /** Format of the files; absent: by the ending of the name. */
  format?: Format | null
  /** Column separator of CSV, one character; absent: found from the header. */
  delimiter?: string | null
  /** Encoding label (`utf-8`, `windows-1252`, …); absent: byte order mark, then UTF-8, then Windows-1252. */
  encoding?: string | null
  /** Column of the record's own identifier, unique within the source. */
  id: string
  /** Date of the last change of the record. */
  updated_at?: FieldSource | null
  /** Whose row it is, for families other than customers. */
  customer?: CustomerRef | null
  /** The account that a row of customers is a contact of: identifier of a row of a source of family `companies`. */
  account?: CustomerRef | null
  /** Brand of its records; a field `brand` that is not blank comes first. */
  brand?: string | null
  /** Company of the group that holds its records; a field `company` that is not blank comes first. */
  company?: string | null
  /** Country of the source; absent: that of `rcu.region`. */
  region?: string | null
  /** Time zone of its local times, an IANA name; absent: that of the store, else of `rcu.timezone`. */
  timezone?: string | null
  /** How far its values are trusted, 0 to 1: one figure, or one by field beside a `default`. */
  reliability?: Reliability
  /** Whether the source is known to hold each person once: two of its records are then never linked. */
  duplicate_free?: boolean
  /** Whether its records are accounts that people open online: idle ones end (`retention.accounts_months`). */
  accounts?: boolean
  /** Column (or columns) behind each canonical field. */
  fields?: { [key: string]: FieldSource }
  /** Fields of this source that an audit excluded: they reach neither matching nor golden records. */
  exclude?: string[]
  /** Decimal separator of the source's amounts. */
  decimal_separator?: string | null
  /** Order of day, month and year in the source's dates. */
  date_order?: DateOrder | null
  /** Who answers for the source. */
  owner?: string | null
  /** Expected rhythm of delivery (`daily`, `weekly`, `real_time`, …). */
  cadence?: string | null
  /** Purposes for which its personal data are processed; absent: those of its family. */
  purposes?: string[]
}

/** One statement. */
export interface StatementView {
  /** What was said. */
  status: Status2
  /** Local day. */
  date?: string | null
  /** First day on which it holds no more. */
  expires?: string | null
  /** Reference of the proof. */
  proof?: string | null
  /** Where it was collected. */
  point?: string | null
  /** Version of the text. */
  text_version?: string | null
  /** Who entered it. */
  actor?: string | null
  /** Source of the statement. */
  source: string
  /** Record of the person that it is kept with, as `source:record id`. */
  record?: string | null
}

export type Status = 'ok' | 'corrected' | 'rejected' | 'empty'

/** What was said. */
export type Status2 = 'granted' | 'denied' | 'withdrawn' | 'expired' | 'unknown'

/** What a subscriber receives. What is absent is that of its view. */
export interface SubscriberSpec {
  /** The shipped view that it begins as; absent: that of its own name. */
  view?: View | null
  /** What a person must be to be in it: all of these. */
  filter?: Condition[]
  /** Fields of the golden record, in the order of the columns. */
  fields?: string[] | null
  /** Aggregates, in the order of the columns. */
  figures?: string[] | null
  /** What it is for: the purpose whose consents open an audience. */
  purpose?: string | null
  /** Whether it takes all people each time, or what changed. */
  mode?: Mode
  /** The form of its files. */
  format?: FileFormat
  /** The encoding of its texts. */
  encoding?: Encoding
  /** The role whose masks are over its values. */
  role?: string | null
  /** The source that is the same system: it gets no echo of what it sent, and the identifiers of its own records. */
  source?: string | null
}

/** Counts that reconcile. */
export interface Summary {
  /** Rows of each source, of every family. */
  sources: { [key: string]: SourceCounts }
  /** Customer records loaded. */
  records: number
  /** People found. */
  people: number
  /** Households found. */
  households: number
  /** Records in the largest cluster. */
  largest_cluster: number
  /** Clusters by number of records. */
  cluster_sizes: { [key: string]: number }
  /** Clusters above `matching.giant_cluster`. */
  giant_clusters: number
  /** Passes in order. */
  passes: PassReport[]
  /** Pairs left to the steward. */
  review_pairs: number
  /** Links refused because their cluster would have held two people. */
  refused_links: number
  /** Values taken out of matching because many people share them, by field. */
  shared_values: { [key: string]: number }
  /** Companies and contacts, when the configuration has any. */
  companies?: CompanySummary | null
  /** Decisions of stewards. */
  decisions: DecisionCounts
  /** Values that stewards locked. */
  locks: LockCounts
  /** People by state of a consent, by `purpose/channel/brand`. */
  consents: { [key: string]: { [key: string]: number } }
  /** Money in and out. */
  revenue: Totals
  /** References between families, by name. */
  relations: { [key: string]: RelationReport }
  /** Facts, of any family, whose customer no record is. */
  orphan_facts: number
  /** Anonymous events given to a person who was known later. */
  attached_events: number
}

/** The rule of every field. */
export interface SurvivorshipSpec {
  /** The rule of fields that name none. */
  default?: FieldRule
  /** Rules by kind of value (`email`, `date`, `category`, …), for fields that name none. */
  kinds?: { [key: string]: FieldRule }
  /** Rules by field; fields that are not named keep their shipped rule. */
  fields?: { [key: string]: FieldRule }
  /** Groups by name. */
  groups?: { [key: string]: GroupRule }
  /** Sources from most to least preferred; sources not named come after, by reliability and name. */
  source_priority?: string[]
  /** Trust that decays with the age of a value, by source, then by field (`default` for the others). */
  trust?: { [key: string]: { [key: string]: TrustSpec } }
  /** Reliabilities set by hand over those of the sources. */
  reliability?: ReliabilityOverride[]
  /** By field, the condition under which a record's value counts as verified (quality 1): `mobile_checked = true`. */
  verified?: { [key: string]: string }
  /** Values that a steward pinned, ignored or cleared. */
  locks?: Lock[]
  /**
   * CSV, JSON Lines or Parquet file with more locks, one a row, columns named as in `locks`; relative to the
   * configuration or to `--input`.
   */
  locks_file?: string | null
  /** Days after which the sources' disagreement with a lock is an alert. */
  lock_divergence_days?: number
}

/** The form in which a table is wanted. */
export type TableFormat = 'rows' | 'arrow'

/** Options of tables that are handed out. */
export interface TablesOptions {
  /** `'rows'` (plain objects, the default) or `'arrow'` (bytes of an Arrow IPC stream). */
  format?: TableFormat | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}

/** With VAT or without. */
export type Tax = 'ttc' | 'ht'

/** Money in and out, to the cent. */
export interface Totals {
  /** Net revenue of the transactions loaded. */
  revenue_in_minor: number
  /** Of it, attributed to golden customers. */
  attributed_minor: number
  /** Of it, of orphans: a reference that no record has. */
  orphans_minor: number
  /** Of it, of sales without any reference. */
  anonymous_minor: number
  /**
   * Lines left out by a rule (status, kind, no exchange rate), not part of the sum above. Lines without a rate are
   * not in it: their value in our currency is what is missing.
   */
  excluded_minor: number
  /** Orphan lines. */
  orphan_lines: number
  /** Anonymous lines. */
  anonymous_lines: number
  /** Lines left out because no rate of their currency is stored for their day. */
  fx_missing: number
  /** Returns that count at their own date because their sale is not known, when `returns_at` is `sale_date`. */
  returns_without_sale: number
}

/** Trust between a maximum for a value of today and a minimum for an old one. */
export interface TrustSpec {
  /** Trust in a value of today, 0 to 1. */
  max: number
  /** Trust that no age goes below, 0 to 1. */
  min?: number
  /**
   * Linear: the age in days at which the minimum is reached. Exponential: the age at which half of what lies between
   * maximum and minimum is left.
   */
  period_days: number
  /** How trust decays. */
  decay?: Curve
}

/** A golden value. */
export interface ValueView {
  /** Field. */
  field: string
  /** Value; null when it is hidden by its mask. */
  value: string | null
  /** Whether a mask is over it. */
  masked?: boolean
}

/** What the entry check says of a record. */
export type Verdict = 'accept' | 'warn' | 'block'

/** A shipped view. */
export type View = 'ecommerce' | 'till' | 'marketing' | 'service' | 'bi' | 'source_feedback' | 'billing'

/** Everything known of one person. */
export interface View360 {
  /** Golden id. */
  golden_id: string
  /** The day on which ages and periods were judged. */
  as_of: string
  /** The role it was made for; absent: everything is clear. */
  role?: string | null
  /** The purpose that it was read for; absent: those that the role works for. */
  purpose?: string | null
  /** Their records in the sources. */
  records: RecordView[]
  /** Golden values but those of contact, in the order of the fields. */
  identity: ValueView[]
  /** Means of contact, the golden value of each field first. */
  contacts: ContactView[]
  /** Consents by purpose, channel and brand. */
  consents: ConsentView[]
  /** Facts by family, oldest first. Empty without the rows of the run. */
  facts: { [key: string]: FactView[] }
  /** Aggregates by name, null ones left out. */
  aggregates: { [key: string]: unknown }
  /** Who they live with. */
  household?: HouseholdView | null
  /** Where each golden value comes from and what it beat. */
  provenance: Origin[]
  /** How the records became one person, and what is in doubt. */
  history?: History | null
}

/** Options of a person's page. */
export interface ViewOptions {
  /** Show what this role sees; by default everything. */
  role?: string | null
}

/** Days whose facts count. */
export type Window = string | FixedWindow

/** Words: a plain list, or a table that also names a file, a version and an owner. */
export type WordList = string[] | WordSheet

/** A list of words with its file, version and owner. */
export interface WordSheet {
  /** The words. */
  values?: string[]
  /**
   * A file with one entry a line, relative to the configuration; lines that begin with `#` are remarks, and so is
   * what follows a first `,`, `;` or tab.
   */
  file?: string | null
  /** Version of the list. */
  version?: string | null
  /** Who answers for the list. */
  owner?: string | null
  /** Take the place of the shipped list instead of adding to it. */
  replace?: boolean
}

/** Options of a delivery to a file. */
export interface WriteFeedOptions {
  /** Everybody in its view, whatever it acknowledged; `false` by default. */
  full?: boolean | null
  /** The form; by default the subscriber's, or that of the file's ending. */
  format?: FileFormat | null
  /** Take it as acknowledged once the file is on the disk; `false` by default. */
  acknowledge?: boolean | null
  /** At most so many entries of the feed; 100 000 by default. */
  most?: number | null
  /** Who does it, for the log; by default who opened the repository. */
  by?: string | null
  /** Why, for the log. */
  reason?: string | null
}
