// Errors: their codes, their problems, and what they must not say.
import assert from 'node:assert/strict'
import test from 'node:test'
import { check, checkEntry, checkSync, ERROR_CODES, expandSync, normalize, normalizeColumn, normalizeColumnSync, normalizeRecord, resolve, resolveSync } from '../index.js'

const till = { sources: { till: { id: 'no', fields: { last_name: 'nom' } } } }

// A call for every code that a caller can meet.
const calls = {
  config: () => resolveSync({ sources: { till: { idd: 'no' } } }),
  config_syntax: () => checkSync('sources = ['),
  missing_column: () => resolveSync(till, { till: [{ no: 1, name: 'x' }] }),
  unknown_source: () => resolveSync(till, { tlil: [] }),
  no_input: () => resolveSync(till),
  unknown_kind: () => normalize('fone', '06'),
  argument: () => normalize('phone', '06', { region: 'France' }),
  too_large: null, // needs 4 billion rows or 2 GiB of text
  io: () => checkSync('not/there.toml'),
  internal: null, // a fault of ours; src/errors.rs tests that a panic becomes one
}

test('every code of the core has its error here', () => {
  assert.deepEqual(Object.keys(calls).sort(), [...ERROR_CODES].sort())
  for (const [code, call] of Object.entries(calls)) {
    if (call === null) continue
    assert.throws(call, (e) => {
      assert.ok(e instanceof Error && Array.isArray(e.problems), code)
      assert.equal(e.code, code)
      assert.ok(e.message.length > 10)
      return true
    })
  }
})

test('a configuration says all of its problems, each with its path', async () => {
  const wrong = { sources: { till: { idd: 'no', reliability: 3 } }, pases: [] }
  await assert.rejects(check(wrong), (e) => {
    assert.equal(e.code, 'config')
    assert.deepEqual(e.problems.map((p) => p.path).sort(), ['pases', 'sources.till.id', 'sources.till.idd', 'sources.till.reliability'])
    assert.match(e.problems.find((p) => p.path === 'pases').reason, /did you mean `passes`/)
    return true
  })
  assert.throws(() => checkSync({ ...till, passes: [{ name: 'x', on: ['emial'] }] }), (e) => e.problems.length === 1)
  assert.equal(await check(till), undefined)
  assert.equal(expandSync(till).rcu.region, 'FR')
})

test('what is asynchronous rejects and never throws', async () => {
  const cycle = {}
  cycle.self = cycle
  const calls = [
    () => resolve(),
    () => resolve(12),
    () => resolve(till, 'rows'),
    () => resolve(till, { till: 'rows' }),
    () => resolve(till, { till: [cycle] }),
    () => resolve(till, { till: [] }, { inptu: '.' }),
    () => check(cycle),
    () => normalizeColumn('phone', 'not a column'),
    () => normalizeColumn('phone', ['06'], { column: 'tel', regoin: 'FR' }),
  ]
  for (const call of calls) {
    const promise = call()
    assert.ok(promise instanceof Promise, String(call))
    await assert.rejects(promise, { code: 'argument' }, String(call))
  }
})

test('a table is asked for by its name', async () => {
  const result = resolveSync(till, { till: [{ no: 1, nom: 'Roy' }] })
  await assert.rejects(result.table('goldens'), { code: 'argument', message: /did you mean `golden`/ })
  assert.throws(() => result.tableSync('golden', { format: 'csv' }), { code: 'argument' })
  await assert.rejects(result.evaluate([{ rec_id: 'till|1' }]), { code: 'missing_column' })
  await assert.rejects(result.evaluate('not/there.csv'), { code: 'io' })
  await assert.rejects(result.write('/dev/null/out'), { code: 'io' })
  await assert.rejects(result.write(), { code: 'argument' })
})

test('names are said with the nearest known one', () => {
  assert.throws(() => normalizeRecord({ frist_name: 'x' }), { code: 'argument', message: /first_name/ })
  assert.throws(() => checkEntry({}, { mandatory: ['nmae'] }), { code: 'argument', message: /name/ })
  assert.throws(() => checkEntry({}, { codes: { bad_checksums: 'block' } }), { code: 'argument', message: /bad_checksum/ })
  assert.throws(() => normalizeRecord('Dupont'), { code: 'argument' })
})

test('no message says what a cell holds', async () => {
  const secret = 'Zébulon Quidam'
  const hostile = { toJSON: () => { throw new Error(secret) } }
  const bytes = new TextEncoder().encode(`${secret} is no Arrow stream`)
  const calls = [
    () => resolveSync(till, { till: [secret] }),
    () => resolveSync(till, { till: [{ no: 1, nom: hostile }] }),
    () => resolveSync(till, { till: [{ no: secret }] }),
    () => resolveSync(till, { till: bytes }),
    () => normalizeColumnSync('phone', bytes),
    () => normalize('phone', hostile),
    () => normalizeRecord({ last_name: { of: secret } }),
    () => normalizeRecord([secret]),
    () => checkEntry({ last_name: hostile }),
  ]
  for (const call of calls) {
    assert.throws(call, (e) => {
      assert.ok(ERROR_CODES.includes(e.code), `${call}: ${e.code}`)
      assert.ok(!`${e.stack}${JSON.stringify(e.problems)}`.includes('Quidam'), String(call))
      return true
    })
  }
})
