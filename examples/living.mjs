// One retailer's customers, kept: found before they are made anew, changed as events come, followed, taken apart, erased.
//   node bindings-node/build.mjs && node examples/living.mjs
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Repository } from '../bindings-node/index.js' // `from 'rcu'` once installed

const here = import.meta.dirname
const folder = await mkdtemp(join(tmpdir(), 'rcu-'))
const kept = await Repository.open(join(folder, 'rcu.db'), join(here, 'retail.toml'), { create: true, by: 'example' })

// A first base, from the files of the configuration. Whoever follows takes it whole, then what changes.
const loaded = await kept.load(null, { reason: 'first base' })
console.log(`${loaded.records.new} records of ${loaded.people} people are kept in ${basename(kept.store)}`)
const base = await kept.feed('ecommerce')
await kept.acknowledge('ecommerce', base.cursor)
console.log(`the web shop takes ${base.rows.length} customers\n`)

// Somebody gives their name at the till. Who is it? What would a record of theirs do?
const [hit] = (await kept.search('fournett baptiste 87480', { role: 'store' })).hits
const shown = Object.fromEntries(hit.values.map(({ field, value }) => [field, value]))
console.log(`found, ${(hit.score / 10).toFixed()} %: ${hit.golden_id}, ${shown.first_name} in ${shown.city}`)
const row = {
  CUST_NO: '0999000001', NOM_CLIENT: 'Fournet', PRENOM: 'Baptiste', TEL: '07 72 84 96 13',
  MAIL: 'baptiste.fournet@orange.fr', DT_CREA: '21/11/2026', DT_MAJ: '21/11/2026',
}
const told = await kept.matchOne('pos', row)
const [met] = told.candidates
console.log(`a new record would be ${told.golden_id}: ${met.decision} with ${met.source}:${met.record_id}`)

// The row, and everything that follows from it, as one transaction.
const done = await kept.upsert('pos', [row], { reason: 'till M019' })
console.log('kept:', done.feed)
for await (const { kind, golden_id, values } of kept.follow('newsletter')) {
  console.log(`feed: ${kind} ${golden_id}, ${Object.keys(values ?? {}).join(', ') || 'records'}`)
}

// A steward takes the two apart, thinks again, and the web shop hears what is left of it.
await kept.decide('pos:0999000001', met, 'different', { reason: 'father and son' })
console.log(`apart: ${(await kept.history('pos:0999000001')).golden_id}`)
await kept.cancel('pos:0999000001', met, { reason: 'one person after all' })
await kept.push('ecommerce', async ({ rows }) => {
  for (const { event, golden_id, values = {} } of rows) {
    console.log(`web shop: ${event} ${golden_id}, ${Object.keys(values).join(', ')}`)
  }
})

// Forgotten: in every table, index and page of the file; the same row does not bring them back.
const { erasure, traces } = await kept.erase('pos:0999000001', { reason: 'request 12' })
console.log(`\nerased: ${erasure.places.records} records, ${traces.left} values left in the file`)
const again = await kept.upsert('pos', [row])
console.log(`sent again: ${again.rejects[0].code}`)
const proof = await kept.verify()
console.log(`built anew from ${proof.records} records: ${proof.clean ? 'all as kept' : 'DIFFERS'}`)

await kept.close()
await rm(folder, { recursive: true })
