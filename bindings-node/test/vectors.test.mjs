// Every case of rcu-core/tests/vectors, value by value and as columns.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { normalize, normalizeColumn, normalizeColumnSync } from '../index.js'
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
  const { kind, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
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

/** The cases that share their options, by these options. */
function byOptions(cases) {
  const groups = new Map()
  for (const c of cases) {
    const key = JSON.stringify(optionsOf(c))
    groups.set(key, [...(groups.get(key) ?? []), c])
  }
  return groups
}
