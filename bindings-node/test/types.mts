// Read by `tsc --noEmit`, never run: what the types promise to a TypeScript caller.
import { normalize, normalizeColumn, resolve, resolveSync } from '../index.js'
import type { Code, Config, Quality, RcuError, Resolution } from '../index.js'

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
