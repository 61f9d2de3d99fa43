// The documentation holds: examples run, types fit the rows, the story runs, the lists are whole.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import * as rcu from '../index.js'
import { EXAMPLES, RETAIL, ROOT } from './support/data.mjs'

const types = readFileSync(join(import.meta.dirname, '../index.d.ts'), 'utf8')

/** The `@example` blocks: lines that run, and `line // => value` where the value is checked. */
const examples = [...types.matchAll(/@example\n((?:\s*\* .*\n)+?)(?=\s*\*\/)/g)].map(([, block]) =>
  block.replace(/^\s*\* /gm, '').trim().split('\n'),
)

// What a CommonJS module adds when it is imported is not ours.
const { default: _, 'module.exports': __, ...named } = rcu

const fields = { last_name: 'nom', email: 'mail' }
const config = { sources: { till: { id: 'no', fields }, web: { id: 'no', fields } } }
const tables = {
  till: [{ no: 1, nom: 'Roy', mail: 'Zoe@X.fr ' }],
  web: [{ no: 'a', nom: 'ROY', mail: 'zoe@x.fr' }],
}

test('every example of the documentation gives what it says', async () => {
  assert.ok(examples.length >= 9, `${examples.length} examples`)
  const AsyncFunction = (async () => {}).constructor
  const folder = mkdtempSync(join(tmpdir(), 'rcu-node-'))
  const store = join(folder, 'rcu.db')
  for (const lines of examples) {
    let checks = 0
    const body = lines.map((line) => {
      const [code, value] = line.split(' // => ')
      if (value === undefined) return code
      checks += 1
      return `equal(${code}, ${value}, ${JSON.stringify(line)})`
    })
    const scope = { ...named, config, tables, store, equal: assert.deepEqual }
    await new AsyncFunction(...Object.keys(scope), body.join('\n'))(...Object.values(scope))
    assert.ok(checks > 0, `nothing is checked in ${lines[0]}`)
  }
  rmSync(folder, { recursive: true })
})

test('rows have the columns and types that are declared', () => {
  const result = rcu.resolveSync(RETAIL)
  const interfaces = [...types.matchAll(/A row of the table `(\w+)`.*\nexport interface \w+ {\n([^}]*)}/g)]
  assert.equal(interfaces.length, 21)
  for (const [, table, body] of interfaces) {
    const declared = [...body.matchAll(/^ {2}(\w+): (.*)$/gm)].map(([, name, type]) => [name, type.split(' | ')])
    const rows = result[table.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())]
    const companies = ['companies', 'company_crosswalk', 'contacts', 'company_links', 'company_review']
    const empty = ['shared', 'rejects', 'profiles', 'missing_references', 'locks', 'consents', 'brands', ...companies]
    assert.ok(rows.length > 0 || empty.includes(table), `${table} has rows`)
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), declared.map(([name]) => name), table)
      for (const [name, allowed] of declared) {
        const type = row[name] === null ? 'null' : typeof row[name]
        assert.ok(allowed.includes(type), `${table}.${name} is ${type}`)
      }
    }
  }
})

test('the summary has the keys that are declared', () => {
  const declared = types.match(/export interface Summary {\n([\s\S]*?)\n}/)[1]
  const names = [...declared.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name)
  assert.deepEqual(Object.keys(rcu.resolveSync(RETAIL).summary), names)
})

test('kinds and error codes are those of the types', () => {
  const members = (name) => [...types.match(new RegExp(`export type ${name} =((?:\\s*\\|? ?'\\w+')+)`))[1].matchAll(/'(\w+)'/g)].map(([, m]) => m)
  assert.deepEqual(members('Kind'), rcu.KINDS)
  assert.deepEqual(members('ErrorCode'), rcu.ERROR_CODES)
  for (const name of Object.keys(named)) {
    assert.match(types, new RegExp(`export declare (function|class|const) ${name}\\b`))
  }
})

test('the exports are those of the surface', () => {
  const listed = JSON.parse(readFileSync(join(ROOT, 'rcu-core/tests/surface.json'), 'utf8')).node
  const isClass = (thing) => typeof thing === 'function' && /^[A-Z]/.test(thing.name)
  const names = (wanted) => Object.keys(named).filter((name) => wanted(named[name])).sort()
  assert.deepEqual(names((thing) => typeof thing === 'function' && !isClass(thing)), listed.functions)
  assert.deepEqual(names(isClass), listed.types)
  assert.deepEqual(names((thing) => typeof thing !== 'function'), listed.constants)
})

test('the story of the retailer runs', () => {
  const text = execFileSync(process.execPath, [join(EXAMPLES, 'retailer.mjs')], { encoding: 'utf8' })
  assert.match(text, /^5000 records are \d+ people in \d+ households\n/)
  assert.match(text, /pairwise F1 0\.\d{4}/)
  assert.match(text, /every row and every cent is accounted for/)
  assert.match(text, / is \+33630124578: /)
  assert.match(text, /\n {2}last_name .* by \w+\n/)
})

test('the story of the kept repository runs', () => {
  const text = execFileSync(process.execPath, [join(EXAMPLES, 'living.mjs')], { encoding: 'utf8' })
  for (const words of ['5000 records', 'BAPTISTE', 'link with', 'web shop: merged', '0 values left', 'all as kept']) {
    assert.ok(text.includes(words), text)
  }
})

test('one version number for all packages', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const cargo = readFileSync(join(ROOT, 'Cargo.toml'), 'utf8')
  assert.equal(version, cargo.match(/\[workspace\.package\]\nversion = "(.*)"/)[1])
})
