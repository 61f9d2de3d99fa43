// A repository that is kept: the same answers as the program, calls in order, in turn, whatever happens.
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { Repository } from '../index.js'
import { ROOT } from './support/data.mjs'

const COLUMNS = ['id', 'nom', 'prenom', 'mail', 'tel']
const rows = (lines) => lines.map((cells) => Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i]])))
const CRM = rows([
  ['c1', 'DUPONTEL', 'Marie', 'marie.dupontel@free.fr', '0630124578'],
  ['c2', 'MARTINET', 'Paul', 'paul.martinet@orange.fr', '0688776655'],
])
const TILL = rows([
  ['t1', 'Dupontel', 'Marie', 'marie.dupontel@free.fr', null],
  ['t2', 'LEGOFFIC', 'Yann', 'yann.legoffic@laposte.net', '0677889911'],
])

const source = { id: 'id', fields: { last_name: 'nom', first_name: 'prenom', email: 'mail', mobile: 'tel' } }
const config = {
  rcu: { as_of: '2026-11-21' },
  sources: { crm: { ...source, path: 'crm.csv' }, till: { ...source, path: 'till.csv' } },
}

/** A test with a folder of its own. */
function inFolder(name, body) {
  test(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rcu-node-'))
    try {
      await body(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

/** A test with a repository that has the rows above. */
function withRows(name, body) {
  inFolder(name, async (folder) => {
    const kept = await Repository.open(join(folder, 'rcu.db'), config, { create: true, by: 'odile' })
    try {
      await kept.upsert({ crm: CRM, till: TILL }, { reason: 'first rows' })
      await body(kept, folder)
    } finally {
      await kept.close()
    }
  })
}

const goldenId = async (kept, record) => (await kept.view360(record)).golden_id
const c1 = { source: 'crm', record_id: 'c1' }

withRows('a repository lives from its first rows to an erasure', async (kept) => {
  const marie = await goldenId(kept, 'crm:c1')
  assert.equal(await goldenId(kept, 'till:t1'), marie)
  const again = await kept.upsert('crm', CRM)
  assert.deepEqual(again.rejects.map((r) => r.code), ['duplicate_delivery', 'duplicate_delivery'])

  const [hit] = (await kept.search('dupontle marie')).hits
  assert.equal(hit.golden_id, marie)
  assert.ok(!JSON.stringify(hit).includes('marie.dupontel@free.fr'))
  assert.equal((await kept.search({ phone: '06 30 12 45 78', most: 1 }, { role: 'admin' })).hits[0].golden_id, marie)

  await kept.decide(c1, 'till:t1', 'different', { reason: 'two sisters' })
  assert.notEqual(await goldenId(kept, 'till:t1'), marie)
  assert.deepEqual((await kept.decisions()).map((d) => [d.answer, d.author]), [['different', 'odile']])
  await kept.cancel('crm:c1', 'till:t1')
  assert.equal(await goldenId(kept, 'till:t1'), marie)

  await kept.lock(marie, 'first_name', 'Marie-Claire', { reason: 'she says so' })
  await kept.rename('crm', 'c1', 'c9')
  const { golden } = await kept.tables()
  assert.equal(golden.find((row) => row.golden_id === marie).first_name, 'MARIE CLAIRE')
  assert.equal((await kept.locks()).length, 1)
  await kept.unlock(marie, 'first_name', 'Marie-Claire', { reason: 'a slip' })
  assert.deepEqual(await kept.locks(), [])

  assert.ok((await kept.deliver('crm', [])).withheld)
  const full = await kept.deliver('crm', [{ ...CRM[0], id: 'c9' }], { confirm: true })
  assert.equal(full.records.gone, 1)
  assert.deepEqual((await kept.delete('till', 't2')).feed, { deleted: 1 })
  assert.equal((await kept.history(marie)).leads_to, marie)
  assert.equal((await kept.recordsAt('crm:c9', '2026-01-01')).golden_id, null)

  assert.deepEqual(await kept.erase(marie, { dryRun: true }), { golden_id: marie, records: 2, facts: 0 })
  const erased = await kept.erase(marie, { reason: 'request 12' })
  assert.equal(erased.traces.left, 0)
  const back = await kept.upsert('till', TILL.slice(0, 1))
  assert.deepEqual(back.rejects.map((r) => r.code), ['erased_subject'])
  assert.ok((await kept.readmit(erased.erasure.number, 'form 12', { by: 'yves' })).lifted > 0)
  assert.ok((await kept.verify()).clean)
  const log = await kept.log({ most: 1000 })
  assert.deepEqual(new Set(log.map((entry) => entry.act.by)), new Set(['odile', 'yves']))
  assert.equal(log[0].act.reason, 'first rows')
  assert.equal((await kept.log({ first: 2, most: 1 }))[0].number, 2)
  assert.ok(!JSON.stringify(log).toUpperCase().includes('DUPONTEL'))
})

withRows('a row is matched before it is kept', async (kept) => {
  const row = { id: 'c8', nom: 'Dupontel', prenom: 'MARIE', tel: '06 30 12 45 78' }
  const told = await kept.matchOne('crm', row)
  assert.deepEqual([told.fate, told.known], ['new', true])
  assert.equal(told.golden_id, (await kept.history('crm:c1')).golden_id)
  assert.equal(told.candidates[0].decision, 'link')
  assert.equal((await kept.log()).length, 1, 'nothing was written')
  await assert.rejects(kept.matchOne('crm', { name: 'Dupontel' }), { code: 'missing_column' })
  await assert.rejects(kept.matchOne('crm', CRM), { code: 'argument' })
  await assert.rejects(kept.matchOne('web', row), { code: 'unknown_source' })
  await assert.rejects(kept.matchOne('crm'), { code: 'argument' })
})

withRows('rows come in as objects with what they have, or as Arrow bytes', async (kept) => {
  const few = [{ id: 'c3', nom: 'ABEL', tel: '0677889955' }, { id: 4, nom: 'BENOIT' }]
  assert.equal((await kept.upsert('crm', few)).records.new, 2)
  assert.equal((await kept.upsert('till', [])).records.new, 0)
  assert.deepEqual((await kept.delete('crm', [4])).records.gone, 1)
  const huge = await kept.upsert('crm', [{ id: 'c5', nom: 'x'.repeat(2 << 20) }, { id: 'c6', nom: 'ABEL' }])
  assert.deepEqual([huge.records.new, huge.rejects.map((r) => [r.code, r.line])], [1, [['cell_too_large', 1]]])
  await assert.rejects(kept.upsert('crm', [{ name: 'ABEL' }]), { code: 'missing_column' })
  await assert.rejects(kept.upsert('crm', ['ABEL']), (e) => e.code === 'argument' && !e.message.includes('ABEL'))
  await assert.rejects(kept.upsert('crm', CRM, { raison: 'x' }), { code: 'argument', message: /reason/ })
  await assert.rejects(kept.upsert('crm', new Uint8Array([1, 2, 3])), { code: 'io' })

  // What a table gives back as Arrow bytes, another repository takes.
  const columns = { id: 'record_id', fields: { last_name: 'source', street: 'golden_id' } }
  const folder = mkdtempSync(join(tmpdir(), 'rcu-node-'))
  const other = await Repository.open(join(folder, 'o.db'), { sources: { crm: columns } }, { create: true })
  const { golden, crosswalk } = await kept.tables({ format: 'arrow', reason: 'copy' })
  assert.ok(golden instanceof Uint8Array && crosswalk instanceof Uint8Array)
  assert.equal((await other.upsert('crm', crosswalk)).records.new, 6)
  await assert.rejects(other.upsert('crm', golden), { code: 'missing_column' })
  await assert.rejects(other.upsert('web', crosswalk), { code: 'unknown_source' })
  await other.close()
  rmSync(folder, { recursive: true })
})

withRows('a consumer that follows has the golden table', async (kept) => {
  const golden = new Map()
  const take = ({ kind, golden_id, others = [], values = {} }) => {
    if (kind === 'merged') for (const other of others) golden.delete(other)
    if (kind === 'deleted' || kind === 'erased') return golden.delete(golden_id)
    if (kind === 'created' || kind === 'unmerged') golden.set(golden_id, {})
    Object.assign(golden.get(golden_id), values)
  }
  for await (const entry of kept.follow('shop', { most: 2 })) take(entry)
  await kept.decide('crm:c1', 'till:t1', 'different')
  // Who leaves in the middle is told again what it left at.
  let leftAt
  for await (const entry of kept.follow('shop')) {
    leftAt = entry
    break
  }
  assert.deepEqual((await kept.changes('shop'))[0], leftAt)
  await assert.rejects(async () => {
    for await (const entry of kept.follow('shop')) throw new TypeError(entry.kind)
  }, TypeError)
  assert.deepEqual((await kept.changes('shop', { most: 1 })), [leftAt])
  await kept.cancel('crm:c1', 'till:t1')
  await kept.delete('till', ['t2'])
  for await (const entry of kept.follow('shop', { most: 1 })) take(entry)
  assert.deepEqual(await kept.changes('shop'), [])
  const shown = new Map((await kept.tables()).golden.map((row) => [row.golden_id, row]))
  assert.deepEqual([...golden.keys()].sort(), [...shown.keys()].sort())
  for (const [id, values] of golden) {
    for (const [field, value] of Object.entries(values)) assert.equal(shown.get(id)[field] ?? null, value, field)
  }
})

withRows('feeds add up to everybody', async (kept, folder) => {
  const have = new Map()
  const take = async ({ subscriber, full, cursor, rows }) => {
    if (full) have.clear()
    for (const { golden_id, event, absorbed = [], values = {} } of rows) {
      for (const id of absorbed) have.delete(id)
      if (event === 'removed') have.delete(golden_id)
      else have.set(golden_id, { ...have.get(golden_id), ...values })
    }
    await kept.acknowledge(subscriber, cursor)
  }
  const first = await kept.feed('service')
  assert.ok(first.full && first.rows.length === 3)
  assert.ok((await kept.feed('service')).full, 'until it is acknowledged')
  await take(first)
  await kept.decide('crm:c1', 'till:t1', 'different')
  await take(await kept.feed('service'))
  await kept.cancel('crm:c1', 'till:t1')
  await kept.delete('till', 't2')
  const delta = await kept.feed('service')
  assert.deepEqual(new Set(delta.rows.map((row) => row.event)), new Set(['merged', 'removed']))
  const bytes = await kept.feed('service', { format: 'arrow' })
  assert.ok(bytes.rows instanceof Uint8Array && Buffer.from(bytes.rows).includes('absorbed'))
  assert.deepEqual({ ...bytes, rows: 0 }, { ...delta, rows: 0 })
  await take(delta)
  const then = new Map(have)
  await take(await kept.feed('service', { full: true }))
  assert.deepEqual(have, then)

  const written = await kept.writeFeed('till', join(folder, 'out'), { format: 'jsonl', acknowledge: true })
  assert.ok(written.acknowledged && basename(written.file).startsWith('till_full_'))
  assert.equal(readFileSync(written.file, 'utf8').trimEnd().split('\n').length, written.rows)
  assert.equal((await kept.writeFeed('till', join(folder, 'out'), { acknowledge: true })).file, null)
  await assert.rejects(kept.feed('tills'), { code: 'argument', message: /did you mean `till`/ })
  await assert.rejects(kept.writeFeed('till', folder, { format: 'xls' }), { code: 'argument', message: /csv/ })
})

inFolder('statistics take a star', async (folder) => {
  const fields = { date: 'day', amount: 'amount' }
  const sales = { family: 'transactions', id: 'no', customer: { id: 'client', source: 'till' }, fields }
  const sources = { ...config.sources, sales }
  const kept = await Repository.open(join(folder, 'rcu.db'), { ...config, sources }, { create: true })
  const sold = [{ no: 's1', client: 't1', day: '2026-03-01', amount: '90,00' }]
  await kept.upsert({ crm: CRM, till: TILL, sales: sold })
  const star = await kept.star()
  assert.deepEqual(Object.keys(star), ['aliases', 'transactions'])
  assert.equal(star.transactions[0].golden_id, await goldenId(kept, 'crm:c1'))
  assert.equal(star.transactions[0].net_minor, '9000')
  assert.ok((await kept.star('bi', { format: 'arrow' })).transactions instanceof Uint8Array)
  assert.deepEqual(await kept.star('till'), {})
  const written = await kept.writeFeed('bi', join(folder, 'bi'), { format: 'parquet' })
  assert.deepEqual(Object.keys(written.star), ['aliases', 'transactions'])
  await kept.close()
})

withRows('a push is tried again and nothing is lost', async (kept) => {
  const taken = []
  const send = async (delivery) => {
    // The repository is free while somebody is called.
    await kept.changes('billing')
    taken.push(delivery)
  }
  assert.equal((await kept.push('service', send)).deliveries, 1)
  assert.ok(taken[0].full && taken[0].rows.length === 3)
  assert.deepEqual(Object.keys(taken[0]), ['subscriber', 'full', 'cursor', 'columns', 'rows'])
  assert.equal((await kept.push('service', send)).deliveries, 0)

  await kept.delete('till', 't2')
  let tried = 0
  const nobody = new Error('nobody answers')
  const refuse = async () => {
    tried += 1
    throw nobody
  }
  await assert.rejects(kept.push('service', refuse, { tries: 3, pause: 0.01 }), (e) => e === nobody)
  assert.equal(tried, 3)
  // Whatever is thrown comes back as it was, at once or later.
  for (const thrown of ['text', undefined, Symbol.iterator, { code: 3 }]) {
    const later = () => Promise.reject(thrown)
    const atOnce = () => { throw thrown }
    for (const send of [later, atOnce]) {
      await assert.rejects(kept.push('service', send, { tries: 1 }).catch((e) => { throw { e } }), { e: thrown })
    }
  }
  assert.equal((await kept.feed('service')).rows.length, 1, 'still not acknowledged')

  let first = true
  const once = (delivery) => {
    if (first) {
      first = false
      throw new Error('busy')
    }
    taken.push(delivery)
  }
  const told = await kept.push('service', once, { pause: 0 })
  assert.deepEqual([told.deliveries, told.failures], [1, 1])
  assert.deepEqual(taken.at(-1).rows.map((row) => row.reason), ['deleted'])
  assert.deepEqual((await kept.feed('service')).rows, [])
  await assert.rejects(kept.push('service'), { code: 'argument', message: /function/ })
  await assert.rejects(kept.push('services', send), { code: 'argument' })
  await assert.rejects(kept.push('service', send, { pause: -1 }), { code: 'argument' })
})

withRows('many pushes at once do not wait for each other', async (kept) => {
  // More than Node's pool has threads; each callback needs the repository and the pool.
  const views = ['ecommerce', 'till', 'marketing', 'service', 'bi', 'billing']
  const met = []
  let all
  const everybodyIsCalled = new Promise((resolve) => { all = resolve })
  await Promise.all(views.map((view) => kept.push(view, async () => {
    met.push(view)
    if (met.length === views.length) all()
    await everybodyIsCalled
    await readFile(new URL(import.meta.url))
    await kept.verify()
  })))
  assert.deepEqual(met.sort(), [...views].sort())
})

withRows('calls are done in the order in which they are made', async (kept) => {
  const seen = await Promise.all([
    ...Array.from({ length: 50 }, (_, i) => kept.upsert('crm', [{ ...CRM[0], tel: `06301245${i + 10}` }])),
    kept.changes('order', { most: 10_000 }),
    kept.delete('crm', ['c1', 'c2']),
    kept.tables(),
  ])
  const numbers = seen.slice(0, 50).map((done) => done.change)
  assert.deepEqual(numbers, Array.from({ length: 50 }, (_, i) => i + 2))
  assert.equal(seen[50].at(-1).change, 51)
  assert.equal(seen[52].crosswalk.length, 2)
})

withRows('nothing waits on the threads of Node or on its loop', async (kept) => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ id: `x${i}`, nom: `NOM${i}`, mail: `zoe.${i}@free.fr` }))
  let busy = true
  const works = Promise.all([kept.upsert('crm', many), ...Array.from({ length: 8 }, () => kept.verify())]).then(() => { busy = false })
  let [ticks, read] = [0, 0]
  const timer = setInterval(() => { ticks += 1 }, 2)
  while (busy && read < 20) {
    await readFile(new URL(import.meta.url))
    read += 1
  }
  assert.ok(busy, 'files were read while the repository was busy')
  await works
  clearInterval(timer)
  assert.ok(ticks >= 5, `${ticks} ticks`)
})

withRows('one writes and others read', async (kept) => {
  await assert.rejects(Repository.open(kept.store, config, { wait: 0.05 }), { code: 'io', message: /another program/ })
  const reader = await Repository.open(kept.store, config, { readOnly: true })
  assert.deepEqual([reader.readOnly, kept.readOnly], [true, false])
  await kept.decide('crm:c1', 'till:t1', 'different')
  assert.equal((await reader.decisions()).length, 1)
  assert.equal((await reader.search('dupontel marie')).hits.length, 2)
  for (const change of [() => reader.delete('crm', 'c1'), () => reader.view360('crm:c1'), () => reader.tables()]) {
    await assert.rejects(change(), { code: 'argument', message: /open it to write/ })
  }
  await reader.close()
})

withRows('rules are tried before they are applied', async (kept) => {
  const other = { ...config, passes: [{ name: 'none', on: ['birth_date'] }] }
  const tried = await kept.migrate(other, { dryRun: true })
  assert.deepEqual(tried.migration.people, [3, 4])
  assert.equal(await goldenId(kept, 'crm:c1'), await goldenId(kept, 'till:t1'))
  assert.equal((await kept.migrate(other)).migration.events.unmerged, 1)
  assert.notEqual(await goldenId(kept, 'crm:c1'), await goldenId(kept, 'till:t1'))
  const { store } = kept
  await kept.close()
  await assert.rejects(Repository.open(store, config), { code: 'argument', message: /migrate/ })
  assert.deepEqual((await Repository.migrateFile(store, config, { dryRun: true })).migration.people, [4, 3])
  assert.equal((await Repository.migrateFile(store, config)).migration.dry_run, false)
  const again = await Repository.open(store, config)
  assert.ok((await again.verify()).clean)
  assert.deepEqual(await again.days(), { day: '2026-11-21', due: null })
  await again.close()
})

withRows('a backup brings back what was', async (kept, folder) => {
  await kept.backup(join(folder, 'copy.db'))
  await kept.delete('crm', ['c1', 'c2'])
  await kept.close()
  await Repository.restore(join(folder, 'copy.db'), kept.store, config)
  const again = await Repository.open(kept.store, config)
  assert.equal((await again.tables()).crosswalk.length, 4)
  assert.deepEqual((await again.export(join(folder, 'out'))).files, { 'crosswalk.parquet': 4, 'golden.parquet': 3 })
  await again.close()
})

withRows('what is wrong is said, by a promise', async (kept, folder) => {
  const other = join(folder, 'other.db')
  const calls = [
    [() => Repository.open(other, config), { code: 'io', message: /`create`/ }],
    [() => Repository.open(), { code: 'argument' }],
    [() => Repository.open(other, config, { create: true, secret: new Uint8Array(5) }), { code: 'argument', message: /16 bytes/ }],
    [() => Repository.open(other, config, { create: true, secret: 5 }), { code: 'argument', message: /secret/ }],
    [() => Repository.open(other, { ...config, sauces: {} }, { create: true }), { code: 'config' }],
    [() => Repository.open(other, config, { readonly: true }), { code: 'argument', message: /readOnly/ }],
    [() => Repository.open(other, config, { wait: -1 }), { code: 'argument', message: /wait/ }],
    [() => kept.decide('crm:c1', 'till:t1', 'maybe'), { code: 'argument', message: /household/ }],
    [() => kept.decide('c1', 'till:t1', 'same'), { code: 'argument', message: /SOURCE:ID/ }],
    [() => kept.decide({ source: 'crm' }, 'till:t1', 'same'), { code: 'argument', message: /record_id/ }],
    [() => kept.lock('crm:c1', 'first_name', 'x', { kind: 'hold', reason: 'r' }), { code: 'argument', message: /clear/ }],
    [() => kept.view360('nobody'), { code: 'argument' }],
    [() => kept.view360(), { code: 'argument', message: /missing/ }],
    [() => kept.search({ nom: 'dupontel' }), { code: 'argument', message: /`nom`/ }],
    [() => kept.search(), { code: 'argument' }],
    [() => kept.acknowledge('shop', 10_000), { code: 'argument' }],
    [() => kept.upsert('web', CRM), { code: 'unknown_source' }],
    [() => kept.upsert({ crm: 'rows' }), { code: 'argument' }],
    [() => kept.refresh('someday'), { code: 'argument' }],
  ]
  for (const [call, wanted] of calls) {
    const promise = call()
    assert.ok(promise instanceof Promise, String(call))
    await assert.rejects(promise, wanted, String(call))
  }
  const quoted = { id: 'crm:c1', field: 'first_name', value: { of: 'Zébulon' } }
  await assert.rejects(kept.lock(quoted.id, quoted.field, quoted.value, { reason: 'r' }), (e) => !e.message.includes('Zébulon'))

  assert.equal(kept.closed, false)
  const last = kept.search('dupontel')
  await kept.close()
  assert.equal((await last).hits.length, 1, 'what was asked before is answered')
  await kept.close()
  assert.equal(kept.closed, true)
  await assert.rejects(kept.search('dupontel'), { code: 'argument', message: /closed/ })
  await assert.rejects(kept.push('service', () => {}), { code: 'argument', message: /closed/ })
})

inFolder('a secret may be given as bytes, and a block gives the file back', async (folder) => {
  const store = join(folder, 'rcu.db')
  const secret = new TextEncoder().encode('0123456789abcdef')
  const kept = await Repository.open(store, config, { create: true, secret })
  assert.equal((await kept.load({ crm: CRM, till: TILL })).people, 3)
  // What `await using` calls.
  await kept[Symbol.asyncDispose]()
  assert.equal(kept.closed, true)
  await assert.rejects(Repository.open(store, config), { code: 'io', message: /secret/ })
  const again = await Repository.open(store, config, { secret })
  assert.ok((await again.verify()).clean)
  await again.close()
})

inFolder('a worker that is ended leaves the file to others', async (folder) => {
  const store = join(folder, 'rcu.db')
  const code = `import { parentPort, workerData } from 'node:worker_threads'
    import { Repository } from '${new URL('../index.js', import.meta.url)}'
    const { store, config, CRM } = workerData
    const kept = await Repository.open(store, config, { create: true })
    await kept.upsert('crm', CRM)
    kept.push('service', () => { parentPort.postMessage('called'); return new Promise(() => {}) })
    setInterval(() => kept.closed, 1000)`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData: { store, config, CRM } })
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await worker.terminate()
  const kept = await Repository.open(store, config, { wait: 10 })
  assert.equal((await kept.feed('service')).rows.length, 2, 'nothing was acknowledged')
  await kept.close()
})

/** Without what says when it was and where: moments, seals of the log, paths, places of rows in files. */
withRows('people have their rights', async (kept, folder) => {
  const marie = await goldenId(kept, 'crm:c1')
  const dossier = await kept.access(marie, { reason: 'request 12' })
  assert.equal(dossier.golden_id, marie)
  assert.match(JSON.stringify(dossier), /marie\.dupontel@free\.fr/)
  assert.doesNotMatch(JSON.stringify(dossier), /MARTINET/)
  assert.deepEqual(Object.keys(await kept.portability('crm:c1')), ['crm', 'till'])
  const done = await kept.rectify(marie, 'first_name', 'Marie-Claire', { reason: 'she says so' })
  assert.deepEqual(done.corrections.map((c) => c.source), ['crm', 'till'])
  await assert.rejects(kept.objection(marie, ' '), /proof/)
  assert.ok((await kept.objection(marie, 'letter 3', { channels: ['email'] })).facts.new > 0)

  assert.equal((await kept.restrict('till:t1')).golden_id, marie)
  assert.deepEqual((await kept.search('dupontel marie')).hits, [])
  assert.deepEqual((await kept.restrictions()).map((r) => r.golden_id), [marie])
  assert.ok((await kept.verify()).clean)
  await kept.liftRestriction(marie)
  assert.equal(await goldenId(kept, 'crm:c1'), marie)

  assert.deepEqual((await kept.retention()).due, [])
  const { subjects } = await kept.breach('2020-01-01', '2100-01-01', { by: 'odile' })
  assert.deepEqual(Object.keys(subjects), [marie])
  const [backup, erasures, store] = ['copy.db', 'erased.json', 'rcu.db'].map((name) => join(folder, name))
  await kept.backup(backup)
  await kept.erase(marie)
  writeFileSync(erasures, JSON.stringify(await kept.erasures()))
  await kept.close()
  for (const end of ['', '-wal', '-shm']) rmSync(store + end, { force: true })
  await Repository.restore(backup, store, config, { replay: [erasures] })
  const limited = await Repository.open(store, config, { role: 'marketing' })
  await assert.rejects(limited.delete('crm', ['c2']), /`update`/)
  await assert.rejects(limited.view360('crm:c1', { role: 'marketing' }), /nobody/)
  await limited.close()
})

function timeless(answer) {
  if (Array.isArray(answer)) return answer.map(timeless)
  if (answer === null || typeof answer !== 'object') return answer
  const hidden = ['at', 'seal', 'previous', 'folder', 'bytes']
  const shown = Object.entries(answer).filter(([key]) => !hidden.includes(key))
  const all = Object.fromEntries(shown.map(([key, value]) => [key, timeless(value)]))
  // Only the program knows the file that a row came from.
  return 'excluded' in all ? { ...all, file: '', line: 0 } : all
}

inFolder('answers are those of the program', async (folder) => {
  const cargo = ['build', '--quiet', '--locked', '-p', 'rcu-io', '--bin', 'rcu', '--message-format', 'json']
  const { stdout } = await promisify(execFile)('cargo', cargo, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 30 })
  const program = stdout.trim().split('\n').map((line) => JSON.parse(line)).findLast((m) => m.executable).executable

  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const secret = join(folder, 'secret')
  writeFileSync(secret, '0123456789abcdef0123456789abcdef')
  for (const [name, all] of Object.entries({ crm: CRM, till: TILL })) {
    const lines = [COLUMNS, ...all.map((row) => COLUMNS.map((c) => row[c] ?? ''))].map((cells) => cells.join(';'))
    writeFileSync(join(folder, `${name}.csv`), `${lines.join('\n')}\n`)
  }
  const where = ['--store', join(folder, 'program.db'), '--secret-file', secret, '--by', 'odile', '--reason', 'story']
  const runs = (what, rest, input = '') => {
    const call = ['repo', what, join(folder, 'config.json'), ...rest, ...where, '--json']
    const done = spawnSync(program, call, { input, encoding: 'utf8' })
    // 1 is for what waits to be confirmed.
    assert.ok(done.status === 0 || done.status === 1, `${done.stdout}${done.stderr}`)
    return done.stdout.trim()
  }
  const says = (what, ...rest) => JSON.parse(runs(what, rest))
  const lines = (what, ...rest) => runs(what, rest).split('\n').map((line) => JSON.parse(line))

  runs('init', [])
  const kept = await Repository.open(join(folder, 'node.db'), config, { create: true, secret, by: 'odile' })
  const why = { reason: 'story' }
  const row = { id: 'c8', nom: 'DUPONTEL', tel: '0630124578' }
  // Blank cells of a file are empty texts.
  const till = TILL.map((cells) => ({ ...cells, tel: cells.tel ?? '' }))
  const story = {
    load: [() => says('load'), () => kept.load(null, { input: folder, ...why })],
    match: [() => JSON.parse(runs('match', ['--source', 'crm'], JSON.stringify(row))), () => kept.matchOne('crm', row)],
    decide: [() => says('decide', 'crm:c1', 'till:t1', 'different'), () => kept.decide('crm:c1', 'till:t1', 'different', why)],
    history: [() => says('history', 'till:t1'), () => kept.history('till:t1')],
    cancel: [() => says('decide', 'crm:c1', 'till:t1', 'cancel'), () => kept.cancel('crm:c1', 'till:t1', why)],
    lock: [() => says('lock', 'crm:c1', 'first_name', '--pin', 'Marie-Claire'), () => kept.lock('crm:c1', 'first_name', 'Marie-Claire', why)],
    search: [() => says('search', 'dupontle', 'marie'), () => kept.search('dupontle marie')],
    show: [() => says('show', 'crm:c1', '--role', 'marketing'), () => kept.view360('crm:c1', { role: 'marketing', ...why })],
    rename: [() => says('rename', 'crm:c2', 'c5'), () => kept.rename('crm', 'c2', 'c5', why)],
    again: [() => says('apply', '--rows', `crm=${join(folder, 'crm.csv')}`), () => kept.upsert('crm', CRM, why)],
    full: [() => says('apply', '--full', '--rows', `till=${join(folder, 'till.csv')}`)[0], () => kept.deliver('till', till, why)],
    delete: [() => says('delete', 'till:t2'), () => kept.delete('till', 't2', why)],
    changes: [() => lines('changes', '--consumer', 'shop'), () => kept.changes('shop')],
    doomed: [() => says('erase', 'crm:c1'), () => kept.erase('crm:c1', { dryRun: true })],
    erase: [() => says('erase', 'crm:c1', '--yes'), () => kept.erase('crm:c1', why)],
    readmit: [() => says('readmit', '10', '--proof', 'form 12'), () => kept.readmit(10, 'form 12', why)],
    refresh: [() => says('refresh', '--day', '2026-12-01'), () => kept.refresh('2026-12-01', why)],
    verify: [() => says('verify'), () => kept.verify()],
    export: [() => says('export', '--out', join(folder, 'program')), () => kept.export(join(folder, 'node'), why)],
    log: [() => lines('log'), () => kept.log()],
  }
  for (const [name, [said, told]] of Object.entries(story)) assert.deepEqual(timeless(await told()), timeless(said()), name)
  await kept.close()
})
