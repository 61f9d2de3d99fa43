// index.d.ts: functions and classes from the macros, plain objects from the JSON Schemas of the structs behind them.

import { readFileSync } from 'node:fs'

/** What a repository answers, and its members that are JavaScript. */
const REPOSITORY = readFileSync(new URL('repository.d.ts', import.meta.url), 'utf8')

const HEADER = `// Written by build.mjs from the documentation in the Rust sources. Do not edit.
/// <reference lib="esnext.disposable" />

/** A value as it may be given; numbers and truth values are read as their usual writing. */
export type Cell = string | number | bigint | boolean | null | undefined

/** A record as it may be given: one value or several by field name. */
export type EntryRecord = { [field: string]: Cell | readonly Cell[] }

/** Rows: plain objects, or the bytes of an Arrow IPC stream (\`tableToIPC\` of \`apache-arrow\`). */
export type Records = readonly object[] | Uint8Array

/** An object, the path of a \`.toml\`, \`.yaml\` or \`.json\` file, or a text in one of these languages. */
export type ConfigLike = Config | string

/** The secret of an installation: at least 16 bytes, or the path of its file. */
export type Secret = Uint8Array | string

/** A normalised column: three arrays of equal length. */
export interface NormalizedColumn {
  /** Normal forms; null when rejected or empty. */
  value: (string | null)[]
  /** Status of each value. */
  status: Status[]
  /** Codes of each value. */
  codes: Code[][]
}

/** What is thrown, and what promises reject with. No message holds a customer's value. */
export interface RcuError extends Error {
  /** A stable name, the same in every language. */
  code: ErrorCode
  /** What is wrong in the configuration and where; empty for other codes. */
  problems: Problem[]
}
`

/** The whole of index.d.ts. */
export function typescript(items, { schemas, tables, errorCodes }) {
  const parts = [HEADER]
  parts.push(`${doc('Every \`code\` of an error.')}export type ErrorCode =${lead(union(errorCodes.map(literal)))}\n`)
  parts.push(`${doc('Every code of an error.')}export declare const ERROR_CODES: readonly ErrorCode[]\n`)
  parts.push(`${doc('Every kind of value.')}export declare const KINDS: readonly Kind[]\n`)
  for (const item of items.filter((i) => i.kind === 'fn').sort(byName)) {
    parts.push(`${item.js_doc}export declare ${item.def}\n`)
  }
  for (const item of items.filter((i) => i.kind === 'struct')) {
    const members = items.filter((i) => i.kind === 'impl' && i.name === item.name).map((i) => i.def.replace(/^ (?=\w)/gm, ''))
    parts.push(`${item.js_doc}export declare class ${item.name} {\n${indent(members.join('\n'))}\n}\n`)
  }
  parts.push(REPOSITORY)
  parts.push(...rows(tables))
  for (const [name, schema] of Object.entries(schemas).sort()) parts.push(named(name, schema))
  return parts.join('\n').replace(/[ \t]+$/gm, '')
}

const byName = (a, b) => (a.name < b.name ? -1 : 1)
/** Choices on one line, or one a line when they are many. */
function union(values) {
  const choices = [...new Set(values)]
  const line = choices.join(' | ')
  return line.length <= 90 ? line : choices.map((c) => `\n  | ${c}`).join('')
}

const lead = (text) => (text.startsWith('\n') ? text : ` ${text}`)
const indent = (text) => text.split('\n').map((line) => (line ? `  ${line}` : line)).join('\n')

function doc(text) {
  if (!text) return ''
  // Links between Rust items lead nowhere here.
  const lines = text.replace(/\[(`[^`]+`)\]/g, '$1').split('\n')
  return lines.length === 1 ? `/** ${text} */\n` : `/**\n${lines.map((l) => ` * ${l}`.trimEnd()).join('\n')}\n */\n`
}

/** A type for the rows of each output table. */
function rows(tables) {
  const typeName = (table) => `${table.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())}Row`
  const row = ([table, columns]) => {
    const lines = Object.entries(columns).map(([column, type]) => `  ${column}: ${type}\n`)
    // A configuration may add fields of its own to golden records.
    if (table === 'golden') lines.push('  [field: string]: string | number | boolean | null\n')
    const text = `A row of the table \`${table}\`.`
    return `${doc(text)}export interface ${typeName(table)} {\n${lines.join('')}}\n`
  }
  const all = Object.keys(tables).map((table) => `  ${table}: ${typeName(table)}\n`)
  return [
    ...Object.entries(tables).map(row),
    `${doc('The type of a row of each table, by its name.')}export interface Tables {\n${all.join('')}}\n`,
  ]
}

/** A schema with a name: an interface where it is an object of fixed keys, else a type. */
function named(name, schema) {
  const text = doc(schema.description)
  if (schema.properties) return `${text}export interface ${name} ${type({ ...schema, description: undefined })}\n`
  return `${text}export type ${name} =${lead(type(schema))}\n`
}

/** The TypeScript of the part of JSON Schema that schemars writes. */
function type(schema) {
  if (schema === true) return 'unknown'
  if (schema.$ref) return schema.$ref.split('/').at(-1)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return union(schema.enum.map(literal))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return union(choices.map(type))
  if (schema.allOf) return schema.allOf.map(type).join(' & ')
  if (Array.isArray(schema.type)) return schema.type.map((t) => type({ ...schema, type: t })).join(' | ')
  switch (schema.type) {
    case 'object':
      return object(schema)
    case 'array':
      return list(schema)
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    default:
      return 'unknown'
  }
}

const literal = (value) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))

function list(schema) {
  if (schema.prefixItems) return `[${schema.prefixItems.map(type).join(', ')}]`
  const item = type(schema.items ?? true)
  return /[|& ]/.test(item) ? `(${item})[]` : `${item}[]`
}

function object(schema) {
  if (schema.properties) {
    const required = new Set(schema.required ?? [])
    const lines = Object.entries(schema.properties).map(([key, value]) => {
      const name = /^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`
      return `${doc(value.description)}${name}${required.has(key) ? '' : '?'}: ${type(value)}`
    })
    return `{\n${indent(lines.join('\n'))}\n}`
  }
  const patterns = Object.values(schema.patternProperties ?? {})
  const value = patterns[0] ?? schema.additionalProperties ?? true
  return `{ [key: string]: ${type(value)} }`
}
