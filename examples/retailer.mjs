// The customers of a small retailer, from five systems to one record each.
//   node bindings-node/build.mjs && node examples/retailer.mjs
import { join } from 'node:path'
import { normalize, resolve } from '../bindings-node/index.js' // `from 'rcu'` once installed

const here = import.meta.dirname
const result = await resolve(join(here, 'retail.toml'))

const { summary } = result
console.log(`${summary.records} records are ${summary.people} people in ${summary.households} households`)

const quality = await result.evaluate(join(here, 'data/truth.csv'))
console.log(`pairwise F1 ${quality.f1.toFixed(4)} against the labelled truth`)

const euros = (cents) => (cents / 100).toFixed(2)
const { revenue_in_minor, attributed_minor, orphans_minor, anonymous_minor } = summary.revenue
console.log(`revenue ${euros(revenue_in_minor)} = ${euros(attributed_minor)} of customers`)
console.log(`  + ${euros(orphans_minor)} of unknown references + ${euros(anonymous_minor)} anonymous`)
console.log(result.reconciles ? 'every row and every cent is accounted for' : 'SOMETHING IS MISSING')

// The customer found in most records, and where each value comes from.
const someone = result.golden.reduce((best, row) => (row.records > best.records ? row : best))
const provenance = await result.table('provenance')
console.log(`\n${someone.golden_id}, ${someone.records} records of ${someone.sources}`)
for (const { field, source, record_id, rule } of provenance.filter((p) => p.golden_id === someone.golden_id)) {
  console.log(`  ${field.padEnd(14)} ${String(someone[field]).padEnd(40)} ${source} ${record_id} by ${rule}`)
}

const phone = normalize('phone', '33 06.30.12.45.78')
console.log(`\na phone typed as 33 06.30.12.45.78 is ${phone.value}: ${phone.status}, ${phone.codes}`)
