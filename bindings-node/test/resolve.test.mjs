// The example retailer, from files, rows and Arrow bytes.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { inspect } from 'node:util'
import { expand, normalizeColumn, normalizeColumnSync, resolve, resolveSync } from '../index.js'
import { EXAMPLES, RETAIL, rowsOf } from './support/data.mjs'

const SOURCES = ['pos', 'web', 'crm', 'loyalty', 'callcenter', 'transactions', 'stores', 'complaints']
const TABLES = ['golden', 'crosswalk', 'links', 'review', 'households', 'aggregates', 'provenance', 'shared']

const fromFiles = await resolve(RETAIL)

/** Equal in every table; rejected rows are numbered from 1 in rows and from the header's line in files. */
function assertSame(got, wanted, what) {
  for (const table of TABLES) assert.deepEqual(got[table], wanted[table], `${what}: ${table}`)
  const rejects = (r) => r.rejects.map(({ source, column, code, reason }) => [source, column, code, reason])
  assert.deepEqual(rejects(got).sort(), rejects(wanted).sort(), `${what}: rejects`)
  assert.deepEqual(got.summary, wanted.summary, `${what}: summary`)
}

test('rows give what files give, in any order', async () => {
  const tables = Object.fromEntries(SOURCES.map((name) => [name, rowsOf(`${name}.csv`)]))
  assertSame(await resolve(RETAIL, tables), fromFiles, 'rows')
  const backwards = Object.fromEntries(SOURCES.toReversed().map((name) => [name, tables[name].toReversed()]))
  assertSame(await resolve(RETAIL, backwards), fromFiles, 'rows backwards')
  assertSame(await resolve(RETAIL, { pos: tables.pos }), fromFiles, 'one source as rows, the others as files')
})

test('an object, a path and a text are one configuration', async () => {
  const text = readFileSync(RETAIL, 'utf8')
  assertSame(resolveSync(text, null, { input: EXAMPLES }), fromFiles, 'text')
  assertSame(await resolve(await expand(RETAIL), {}, { input: EXAMPLES }), fromFiles, 'object with every default')
})

test('a run can be judged on another day', async () => {
  const later = await resolve(RETAIL, null, { asOf: '2027-11-21' })
  assert.notDeepEqual(later.aggregates, fromFiles.aggregates)
  const ids = (r) => r.crosswalk.map((c) => c.golden_id)
  assert.deepEqual(ids(later), ids(fromFiles))
})

test('rows and cents are all somewhere', () => {
  const { summary } = fromFiles
  assert.equal(fromFiles.reconciles, true)
  for (const source of Object.values(summary.sources)) {
    assert.equal(source.read, source.loaded + source.rejected + source.excluded)
  }
  const { revenue_in_minor, attributed_minor, orphans_minor, anonymous_minor } = summary.revenue
  assert.equal(revenue_in_minor, attributed_minor + orphans_minor + anonymous_minor)
  assert.equal(fromFiles.golden.length, summary.people)
  assert.equal(fromFiles.crosswalk.length, summary.records)
  assert.equal(fromFiles.households.length, summary.people)
  assert.equal(new Set(fromFiles.households.map((h) => h.household_id)).size, summary.households)
  assert.equal(fromFiles.rejects.length, Object.values(summary.sources).reduce((n, s) => n + s.rejected + s.excluded, 0))
})

test('money is a text to the cent, days are texts, counts are numbers', () => {
  const buyer = fromFiles.aggregates.find((a) => a.purchase_count > 0)
  assert.match(buyer.net_revenue, /^-?\d+\.\d\d$/)
  assert.match(buyer.last_purchase_date, /^\d{4}-\d\d-\d\d$/)
  assert.equal(typeof buyer.recency_days, 'number')
  assert.equal(typeof buyer.priority_care, 'boolean')
  const cents = (text) => BigInt(text.replace('.', ''))
  const total = fromFiles.aggregates.reduce((sum, a) => sum + cents(a.net_revenue_total), 0n)
  assert.equal(total, BigInt(fromFiles.summary.revenue.attributed_minor))
})

test('every golden value has a record behind it', () => {
  const members = new Map(fromFiles.crosswalk.map((c) => [`${c.source}|${c.record_id}`, c.golden_id]))
  assert.ok(fromFiles.provenance.length > fromFiles.golden.length)
  for (const p of fromFiles.provenance) assert.equal(members.get(`${p.source}|${p.record_id}`), p.golden_id)
})

test('a table is the same as property, later and now', async () => {
  for (const name of [...TABLES, 'rejects']) {
    assert.deepEqual(await fromFiles.table(name), fromFiles[name])
    assert.deepEqual(fromFiles.tableSync(name, { format: 'rows' }), fromFiles[name])
    assert.equal(fromFiles[name], fromFiles[name], 'a property is made once')
  }
})

test('Arrow bytes go out and come back in', async () => {
  const bytes = await fromFiles.table('crosswalk', { format: 'arrow' })
  assert.ok(bytes instanceof Uint8Array)
  const config = { sources: { again: { id: 'record_id', fields: { loyalty_card: 'golden_id' } } } }
  const rows = fromFiles.crosswalk.map(({ record_id, golden_id }) => ({ record_id, golden_id }))
  assertSame(await resolve(config, { again: bytes }), await resolve(config, { again: rows }), 'Arrow')
  assertSame(await resolve(config, { again: Buffer.from(bytes) }), resolveSync(config, { again: rows }), 'Buffer')
})

test('Arrow bytes of another writer are read', async () => {
  // Made with apache-arrow 21 for JavaScript: `no` int32, `nom` utf8, `tel` dictionary, `ne` date32.
  const bytes = readFileSync(join(import.meta.dirname, 'support/till.arrow'))
  const config = { sources: { till: { id: 'no', fields: { last_name: 'nom', mobile: 'tel', birth_date: 'ne' } } } }
  const result = await resolve(config, { till: bytes })
  assert.equal(result.summary.sources.till.read, 5)
  const roy = result.golden.find((row) => row.birth_date !== null)
  assert.deepEqual([roy.last_name, roy.mobile, roy.birth_date], ['ROY', '+33630124578', '1980-05-02'])
  // The answer for a column is Arrow too: it comes back in as a source of its own.
  const column = await normalizeColumn('phone', bytes, { column: 'tel' })
  const phones = await resolve({ sources: { till: { id: 'value', fields: { mobile: 'value' } } } }, { till: column })
  assert.deepEqual(phones.crosswalk.map((row) => row.record_id), ['+33630124578'])
  assert.equal(phones.summary.sources.till.read, 5)
})

test('damaged Arrow bytes are refused or read, and nothing worse', () => {
  const whole = readFileSync(join(import.meta.dirname, 'support/till.arrow'))
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Uint8Array.from(whole)
    damaged[at] ^= 0x5a
    try {
      assert.ok(normalizeColumnSync('phone', damaged, { column: 'tel' }) instanceof Uint8Array)
    } catch (e) {
      assert.ok(['io', 'argument', 'missing_column'].includes(e.code), `byte ${at}: ${e.code ?? e}`)
    }
  }
  for (const length of [0, 1, 7, 8, 100, 1000]) {
    assert.throws(() => normalizeColumnSync('phone', whole.subarray(0, length), { column: 'tel' }), { code: 'io' })
  }
})

test('a logged result shows no customer', () => {
  assert.ok(fromFiles.golden.length > 0)
  assert.equal(inspect(fromFiles), 'Resolution {}')
})

test('the truth may be a file or rows', async () => {
  const file = join(EXAMPLES, 'data/truth.csv')
  const quality = await fromFiles.evaluate(file)
  assert.ok(quality.f1 > 0.8 && quality.f1 <= 1, `F1 is ${quality.f1}`)
  assert.deepEqual(await fromFiles.evaluate(rowsOf('truth.csv')), quality)
  const [source, id] = ['source', 'record_id']
  const split = rowsOf('truth.csv').map((t) => {
    const at = t.rec_id.indexOf('|')
    return { [source]: t.rec_id.slice(0, at), [id]: t.rec_id.slice(at + 1), person_id: Number(t.person_id) }
  })
  assert.deepEqual(fromFiles.evaluateSync(split), quality)
  const own = fromFiles.crosswalk.map((c) => ({ ...c, person_id: c.golden_id }))
  assert.equal(fromFiles.evaluateSync(own).f1, 1)
})

test('two records are explained, masked unless asked for in clear', async () => {
  const [waiting] = fromFiles.review
  const a = { source: waiting.source_a, record_id: waiting.record_id_a }
  const b = { source: waiting.source_b, record_id: waiting.record_id_b }
  const found = await fromFiles.explain(a, b)
  assert.equal(found.outcome, 'review')
  assert.ok(found.passes.some((p) => p.reason === waiting.reason))
  assert.deepEqual(fromFiles.explainSync(b, a), found)
  const name = (x) => x.values.find((v) => v.field === 'last_name').a[0]
  assert.match(name(found), /\*\*\*$/)
  assert.doesNotMatch(name(fromFiles.explainSync(a, b, { clear: true })), /\*/)
  await assert.rejects(fromFiles.explain({ source: 'wbe', record_id: '1' }, b), { code: 'unknown_source' })
  await assert.rejects(fromFiles.explain({ source: 'web' }, b), { code: 'argument' })
})

test('the files of a run are written', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rcu-'))
  try {
    assert.equal(await fromFiles.write(join(dir, 'out')), undefined)
    const written = readdirSync(join(dir, 'out')).sort()
    assert.deepEqual(
      written,
      'aggregates.parquet crosswalk.parquet golden.parquet links.parquet missing_references.parquet model.json orphans.parquet profiles.parquet provenance.parquet rejects.parquet report.html review.parquet shared.parquet summary.json'.split(' '),
    )
    assert.deepEqual(JSON.parse(readFileSync(join(dir, 'out/summary.json'), 'utf8')), fromFiles.summary)
    assert.equal(readFileSync(join(dir, 'out/report.html'), 'utf8'), fromFiles.report())
    const truth = fromFiles.evaluateSync(join(EXAMPLES, 'data/truth.csv'))
    assert.deepEqual(fromFiles.evaluateSync(join(EXAMPLES, 'data/truth.csv')), truth)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('rows may be sparse, odd and empty', async () => {
  const config = { sources: { till: { id: 'no', fields: { last_name: 'nom', mobile: 'tel', birth_date: 'ne' } } } }
  const rows = [
    { no: 1, nom: 'Roy', tel: 630124578, ne: new Date(Date.UTC(1980, 4, 2)) },
    { no: 2n, nom: 'ROY', tel: '06 30 12 45 78', unread: { deep: [1] } },
    { no: null, nom: 'nobody' },
    { no: 4, nom: 'x'.repeat((1 << 20) + 1), tel: null, ne: undefined },
  ]
  const result = await resolve(config, { till: rows })
  assert.deepEqual(result.summary.sources.till.read, 4)
  assert.deepEqual(result.rejects.map((r) => [r.line, r.code]).sort(), [[3, 'missing_id'], [4, 'cell_too_large']])
  assert.equal(result.golden[0].birth_date, '1980-05-02')
  assert.equal((await resolve(config, { till: [] })).golden.length, 0)
})
