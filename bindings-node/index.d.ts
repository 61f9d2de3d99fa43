// Written by build.mjs from the documentation in the Rust sources. Do not edit.

/** A value as it may be given; numbers and truth values are read as their usual writing. */
export type Cell = string | number | bigint | boolean | null | undefined

/** A record as it may be given: one value or several by field name. */
export type EntryRecord = { [field: string]: Cell | readonly Cell[] }

/** Rows: plain objects, or the bytes of an Arrow IPC stream (`tableToIPC` of `apache-arrow`). */
export type Records = readonly object[] | Uint8Array

/** An object, the path of a `.toml`, `.yaml` or `.json` file, or a text in one of these languages. */
export type ConfigLike = Config | string

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
   * One self-contained HTML page: what was read, who was found, what waits, what the money says. It holds no
   * personal value and loads nothing.
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
}

/** A row of the table `review`. */
export interface ReviewRow {
  source_a: string
  record_id_a: string
  source_b: string
  record_id_b: string
  pass: string
  score: number
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
  favourite_store: string | null
  first_purchase_date: string | null
  last_purchase_date: string | null
  recency_days: number | null
  rfm: string | null
  rfm_segment: string | null
  lifecycle: string
  complaints_open: number
  last_complaint_date: string | null
  priority_care: boolean
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
}

/** A row of the table `shared`. */
export interface SharedRow {
  field: string
  value: string
  people: number
  records: number
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
  rejects: RejectsRow
  provenance: ProvenanceRow
  shared: SharedRow
  households: HouseholdsRow
}

/** Periods and thresholds (`domain.md` §5.1–5.5). */
export interface AggregateSpec {
  /** Months of the main period: revenue, purchases, visits, basket, discount rate. */
  period_months?: number
  /** Months looked at for the favourite store. */
  favourite_store_months?: number
  /** Months looked at for the RFM scores. */
  rfm_months?: number
  /** Channels that are not physical stores: their purchases are no visits. */
  remote_channels?: string[]
  /** Transaction statuses that are left out. */
  excluded_statuses?: string[]
  /** Lifetime revenue above which an unhappy customer gets priority, in minor units of the currency. */
  priority_care_minor?: number
}

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
  /** Which column of the Arrow table to take; needed when it has several. */
  column?: string | null
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

/** The whole configuration. Every part but `sources` has a French retail default. */
export interface Config {
  /** Region, time zone, reference day. */
  rcu?: General
  /** Each source system, by name. */
  sources: { [key: string]: SourceSpec }
  /** Fields of the installation's own, by name; the built-in ones are there already. */
  fields?: { [key: string]: FieldSpec }
  /** Matching passes, in order. Absent: the four canonical passes and a scored one. */
  passes?: PassSpec[]
  /** Caps, points and thresholds of matching. */
  matching?: MatchingSpec
  /** How the value of each golden field is chosen. */
  survivorship?: SurvivorshipSpec
  /** How persons are grouped into households. */
  households?: HouseholdSpec
  /** Periods and thresholds of the aggregates. */
  aggregates?: AggregateSpec
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

/** Order of day, month and year in figures. */
export type DateOrder = 'DMY' | 'MDY' | 'YMD'

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
   * elsewhere, correction codes warn, the others say nothing.
   */
  codes?: { [key: string]: Verdict }
}

/** The family a source's rows belong to. */
export type Family = 'customers' | 'transactions' | 'stores' | 'complaints'

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

/** The rule of one field: a name, or a chain of rules where each breaks the ties of the one before. */
export type FieldRule = Rule | Rule[]

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
  /** Order of day, month and year. */
  date_order?: DateOrder | null
  /** Decimal separator. */
  decimal_separator?: string | null
}

/** File formats. Without one, the ending of the file name decides. */
export type Format = 'csv' | 'parquet' | 'jsonl'

/** Region, time zone, reference day. */
export interface General {
  /** Country of the sources, ISO 3166-1 alpha-2; a source may name its own. */
  region?: string
  /** Time zone of local dates. Only `Europe/Paris` is known so far. */
  timezone?: 'Europe/Paris'
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
}

/** The rules that can keep two candidates apart (`domain.md` §3.2). */
export type Guard =
  | 'names_compatible'
  | 'birth_date'
  | 'gender'
  | 'address_number'
  | 'common_name'
  | 'birth_name'

/** A guard, by name or with the decision it gives. */
export type GuardSpec = Guard | GuardThen

/** See [`GuardSpec::Then`]. */
export interface GuardThen {
  /** The guard. */
  guard: Guard
  /** What becomes of the pair when it trips. */
  then: Refusal
}

/** How persons are grouped. */
export interface HouseholdSpec {
  /** Whether households are made at all. */
  enabled?: boolean
  /** An address with more people than this is a building or an institution, not a household. */
  max_people?: number
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

/** Caps, points and thresholds. */
export interface MatchingSpec {
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
}

/** How candidates of a pass are decided. */
export type Method = 'levels' | 'points'

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

/** One value or a list of them. */
export type OneOrMany = string | string[]

/** What a pass did. */
export interface PassReport {
  /** Name of the pass. */
  name: string
  /** Candidate pairs compared; a pair that two recipes propose counts twice. */
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
   * `phonex(f)`, `soundex(f)`, `prefix(f,n)`, `year(f)`, `month_day(f)`; `address` is postcode, number and way.
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

/** What a tripped guard makes of a pair. */
export type Refusal = 'no' | 'review'

/** Trust in a source. */
export type Reliability = number | { [key: string]: number }

/** One remark on an entry. */
export interface Remark {
  /** The field. */
  field: string
  /** The code, or `missing`. */
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

/**
 * How one value is chosen among those of a cluster's records. Ties always fall to the better quality, the more
 * reliable source, the later date, the source's priority, then the smallest source and record id.
 */
export type Rule =
  | 'score'
  | 'most_recent'
  | 'source_priority'
  | 'most_complete'
  | 'most_reliable'
  | 'best_quality'
  | 'most_frequent'
  | 'first_known'
  | 'min'
  | 'max'
  | 'union'
  | 'any_true'
  | 'all_true'
  | 'most_restrictive'

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
  /** Profile by field name. */
  fields: { [key: string]: FieldProfile }
}

/** A source system and the contract of its rows. */
export interface SourceSpec {
  /** What its rows are. */
  family?: Family
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
  /** Country of the source; absent: that of `rcu.region`. */
  region?: string | null
  /** How far its values are trusted, 0 to 1: one figure, or one by field beside a `default`. */
  reliability?: Reliability
  /** Whether the source is known to hold each person once: two of its records are then never linked. */
  duplicate_free?: boolean
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
  /** Purposes for which its personal data are processed. */
  purposes?: string[]
}

export type Status = 'ok' | 'corrected' | 'rejected' | 'empty'

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
  /** Money in and out. */
  revenue: Totals
  /** Sale lines with a store code that no store row has. */
  unknown_store_lines: number
}

/** The rule of every field. */
export interface SurvivorshipSpec {
  /** The rule of fields that name none. */
  default?: FieldRule
  /** Rules by field. */
  fields?: { [key: string]: FieldRule }
  /** Groups by name. */
  groups?: { [key: string]: GroupRule }
  /** Sources from most to least preferred; sources not named come after, by reliability and name. */
  source_priority?: string[]
}

/** The form in which a table is wanted. */
export type TableFormat = 'rows' | 'arrow'

/** Money in and out, to the cent. */
export interface Totals {
  /** Net revenue of the transactions read. */
  revenue_in_minor: number
  /** Of it, attributed to golden customers. */
  attributed_minor: number
  /** Of it, of orphans: a reference that no record has. */
  orphans_minor: number
  /** Of it, of sales without any reference. */
  anonymous_minor: number
  /** Rows left out by their status, not part of the sum above. */
  excluded_minor: number
  /** Orphan lines. */
  orphan_lines: number
  /** Anonymous lines. */
  anonymous_lines: number
}

/** What the entry check says of a record. */
export type Verdict = 'accept' | 'warn' | 'block'
