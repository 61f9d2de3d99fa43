// Read by `tsc --noEmit`, never run: what the types promise to a TypeScript caller.
import { normalize, normalizeColumn, Repository, resolve, resolveSync } from '../index.js'
import type { Code, Config, Done, Quality, RcuError, Resolution, SentRow } from '../index.js'

const config: Config = {
  sources: { till: { id: 'no', fields: { last_name: 'nom', phone: ['tel1', 'tel2'] }, reliability: { default: 0.6 } } },
  passes: [{ name: 'email', on: ['email'] }],
}

const value: string | null = normalize('phone', '06 30 12 45 78', { region: 'FR', dateOrder: 'DMY' }).value
const columns: (string | null)[] = (await normalizeColumn('email', ['a@b.fr', null, 12])).value
const bytes: Uint8Array = await normalizeColumn('email', new Uint8Array(), { column: 'mail' })
const result: Resolution = await resolve(config, { till: [{ no: 1, nom: 'Roy', tel1: null, tel2: '' }] })
const id: string = result.golden[0].golden_id
const own: string | number | boolean | null = result.golden[0].shoe_size
const pass: string = (await result.table('links'))[0].pass
const arrow: Uint8Array = result.tableSync('links', { format: 'arrow' })
const quality: Quality = result.evaluateSync([{ rec_id: 'till|1', person_id: 1 }])
const read: number = resolveSync('retail.toml').summary.sources.till.read
const codes: Code[] = normalize('city', 'lyon 3').codes

await using kept: Repository = await Repository.open('rcu.db', config, { secret: new Uint8Array(16), create: true, wait: 1 })
const one: Done = await kept.upsert('till', [{ no: 1, nom: 'Roy' }], { by: 'odile', reason: 'till 3' })
const several: Done = await kept.upsert({ till: [{ no: 1 }], web: new Uint8Array() }, { reason: 'night' })
const score: number = (await kept.search({ name: 'roy', postcode: 75002 })).hits[0].score
const sent: SentRow[] = (await kept.feed('till')).rows
const sentBytes: Uint8Array = (await kept.feed('till', { format: 'arrow' })).rows
const shown: string = (await kept.tables()).golden[0].golden_id
const left: number = (await kept.erase('till:1')).traces.left
const doomed: number = (await kept.erase('till:1', { dryRun: true })).records
for await (const entry of kept.follow('shop')) await kept.acknowledge('shop', entry.cursor)
await kept.push('till', async ({ rows }) => console.log(rows[0].event === 'merged'))
await kept.decide({ source: 'till', record_id: '1' }, 'web:a', 'same')

// @ts-expect-error -- no such answer
await kept.decide('till:1', 'web:a', 'maybe')
// @ts-expect-error -- no rows
await kept.upsert('till')
// @ts-expect-error -- no such clue
await kept.search({ nom: 'roy' })
// @ts-expect-error -- no such kind
normalize('fone', '')
// @ts-expect-error -- no such table
result.table('goldens')
// @ts-expect-error -- no such key
const wrong: Config = { sources: {}, pases: [] }

function isOurs(error: unknown): error is RcuError {
  return error instanceof Error && 'code' in error
}

export { arrow, bytes, codes, columns, id, isOurs, own, pass, quality, read, value, wrong }
export { doomed, left, one, score, sent, sentBytes, several, shown }
