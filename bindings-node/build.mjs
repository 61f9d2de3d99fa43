// Builds the addon with plain cargo and writes index.js and index.d.ts from what the Rust sources say.
//   node build.mjs             dev profile, whose artefacts `cargo test` shares
//   node build.mjs --release   optimised
//   node build.mjs --check     builds, and fails when the committed index.js or index.d.ts are not what it would write
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { typescript } from './build/typescript.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const options = new Set(process.argv.slice(2))

const { library, types } = compile()
const addon = join(here, 'rcu.node')
// Renamed into place, so that a process which has the old addon open keeps it whole.
copyFileSync(library, `${addon}.part`)
renameSync(`${addon}.part`, addon)

const native = createRequire(import.meta.url)(addon)
const items = typeDefinitions(types)
const stale = [
  write('index.js', javascript(items, native.__types())),
  write('index.d.ts', typescript(items, native.__types())),
].filter(Boolean)
if (stale.length > 0) {
  console.error(`${stale.join(' and ')} differ from what the sources say; run: node bindings-node/build.mjs`)
  process.exit(1)
}

/** Runs cargo; gives the paths of the library and of the folder where the macros left the types. */
function compile() {
  const profile = options.has('--release') ? ['--release'] : []
  const args = ['build', '-p', 'rcu-node', '--message-format=json-render-diagnostics', ...profile]
  const cargo = spawnSync('cargo', args, {
    cwd: here,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (cargo.error) throw cargo.error
  if (cargo.status !== 0) process.exit(cargo.status ?? 1)
  const messages = cargo.stdout.trim().split('\n').map((line) => JSON.parse(line))
  const ours = (m) => /(bindings-node|rcu-node)[#@]/.test(m.package_id ?? '')
  const artifact = messages.find((m) => m.reason === 'compiler-artifact' && m.target.name === 'rcu_node')
  const script = messages.find((m) => m.reason === 'build-script-executed' && ours(m))
  const library = artifact.filenames.find((f) => /\.(so|dylib|dll)$/.test(f))
  return { library, types: join(script.out_dir, 'types') }
}

/** What the `#[napi]` macros wrote, each item once. */
function typeDefinitions(folder) {
  const lines = readdirSync(folder).flatMap((f) => readFileSync(join(folder, f), 'utf8').trim().split('\n'))
  return [...new Set(lines)].map((line) => JSON.parse(line))
}

function javascript(items, { errorCodes, kinds }) {
  const names = items.filter((i) => i.kind === 'fn' || i.kind === 'struct').map((i) => i.name).sort()
  const list = (values) => `Object.freeze([\n${values.map((v) => `  '${v}',\n`).join('')}])`
  return `// Written by build.mjs. Do not edit.
'use strict'

let native
try {
  native = require('./rcu.node')
} catch (cause) {
  throw new Error('rcu.node is not there or not for this platform; build it with: node build.mjs', { cause })
}

${names.map((n) => `exports.${n} = native.${n}\n`).join('')}
require('./repository.js')(native.Repository)

exports.ERROR_CODES = ${list(errorCodes)}
exports.KINDS = ${list(kinds)}
`
}

/** Writes a generated file, or with --check only tells whether it would change. */
function write(name, text) {
  const path = join(here, name)
  if (!options.has('--check')) {
    writeFileSync(path, text)
    return undefined
  }
  return readFileSync(path, 'utf8') === text ? undefined : name
}
