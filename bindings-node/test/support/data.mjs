// The example retailer's files, and its sources as rows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../../..')
export const EXAMPLES = join(ROOT, 'examples')
export const RETAIL = join(EXAMPLES, 'retail.toml')

/** Rows of one of the retailer's CSV files, all values texts. */
export function rowsOf(name) {
  const bytes = readFileSync(join(EXAMPLES, 'data', name))
  const [header, ...lines] = cells(decode(bytes))
  return lines.map((line) => Object.fromEntries(header.map((key, i) => [key, line[i]])))
}

function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Node 20's own decoder reads 0x80–0x9F of Windows-1252 as control characters.
    return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80])
  }
}

const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** The cells of a CSV text, its separator found from its first line. */
function cells(text) {
  const first = text.slice(0, text.indexOf('\n'))
  const separator = first.split(';').length > first.split(',').length ? ';' : ','
  const pattern = new RegExp(`(${separator}|\\r?\\n|^)(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))`, 'g')
  const lines = [[]]
  for (const [, before, quoted, plain] of text.trimEnd().matchAll(pattern)) {
    if (before.endsWith('\n')) lines.push([])
    lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
  }
  return lines
}
