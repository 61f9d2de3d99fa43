// Every case of rcu-core/tests/vectors, value by value and as columns; records and entries as they are.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { checkEntry, normalize, normalizeColumn, normalizeColumnSync, normalizeRecord } from '../index.js'
import { ROOT } from './support/data.mjs'

const folder = join(ROOT, 'rcu-core/tests/vectors')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** The options of a case, as Node writes them. */
function optionsOf({ region = 'FR', options = {} }) {
  return {
    region,
    asOf: '2026-11-21',
    decimalSeparator: options.decimal_separator,
    dateOrder: options.date_order,
    allowSpecial: options.allow_special,
  }
}

assert.ok(files.length > 10, 'the vectors are there')
for (const file of files) {
  const { kind, function: called, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  if (called !== undefined) {
    for (const wanted of cases) {
      test(`${file}: ${wanted.name}`, () => assert.deepEqual(answerOf(called, wanted), wanted.ok))
    }
  }
  if (kind === undefined) continue

  test(`${file}: one by one`, () => {
    for (const wanted of cases) {
      const got = normalize(kind, wanted.raw, optionsOf(wanted))
      for (const key of ['value', 'status', 'codes']) {
        if (key in wanted) assert.deepEqual(got[key], wanted[key], `${kind} ${JSON.stringify(wanted.raw)}: ${key}`)
      }
      for (const [key, value] of Object.entries(wanted.extra ?? {})) {
        assert.equal(got.extra[key], value, `${kind} ${JSON.stringify(wanted.raw)}: extra ${key}`)
      }
    }
  })

  test(`${file}: as columns`, async () => {
    const groups = byOptions(cases)
    for (const [options, of] of groups) {
      const raw = of.map((c) => c.raw)
      const later = await normalizeColumn(kind, raw, JSON.parse(options))
      assert.deepEqual(normalizeColumnSync(kind, raw, JSON.parse(options)), later)
      assert.equal(later.value.length, of.length)
      of.forEach((wanted, i) => {
        for (const key of ['value', 'status', 'codes']) {
          if (key in wanted) assert.deepEqual(later[key][i], wanted[key], `${kind} ${JSON.stringify(wanted.raw)}: ${key}`)
        }
      })
    }
  })
}

/** What a function of records says of a case; what is empty, and side values, are left out. */
function answerOf(called, wanted) {
  const options = optionsOf(wanted)
  if (called === 'check_entry') {
    const { verdict, remarks } = checkEntry(wanted.record, wanted.policy, options)
    return { verdict, remarks }
  }
  assert.equal(called, 'normalize_record')
  const got = {}
  for (const [field, values] of Object.entries(normalizeRecord(wanted.record, options))) {
    const filled = values.filter((v) => v.status !== 'empty').map(({ value, status, codes }) => ({ value, status, codes }))
    if (filled.length > 0) got[field] = filled
  }
  return got
}

/** The cases that share their options, by these options. */
function byOptions(cases) {
  const groups = new Map()
  for (const c of cases) {
    const key = JSON.stringify(optionsOf(c))
    groups.set(key, [...(groups.get(key) ?? []), c])
  }
  return groups
}
