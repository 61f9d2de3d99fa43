// What may be given as a value, a column, a record.
import assert from 'node:assert/strict'
import test from 'node:test'
import { Worker } from 'node:worker_threads'
import { checkEntry, KINDS, normalize, normalizeColumn, normalizeColumnSync, normalizeRecord } from '../index.js'

test('a value may be a text, a number, a BigInt, a truth value or nothing', () => {
  assert.equal(normalize('phone', 630124578).value, '+33630124578')
  assert.equal(normalize('phone', 33630124578n).value, '+33630124578')
  assert.equal(normalize('boolean', true).value, normalize('boolean', 'true').value)
  assert.equal(normalize('decimal', 12.5).value, '12.5')
  for (const nothing of [null, undefined, '', '  ']) assert.equal(normalize('phone', nothing).status, 'empty')
  assert.equal(normalize('date', new Date(Date.UTC(2026, 10, 21, 12))).value, '2026-11-21')
})

test('options change the reading', () => {
  assert.equal(normalize('date', '03/04/2020').value, '2020-04-03')
  assert.equal(normalize('date', '03/04/2020', { dateOrder: 'MDY' }).value, '2020-03-04')
  assert.equal(normalize('amount', '1.234', { decimalSeparator: ',' }).value, '1234.00')
  assert.equal(normalize('phone', '0470 12 34 56', { region: 'BE' }).value, '+32470123456')
  assert.equal(normalize('date', '2026-11-22', { asOf: '2026-11-21', region: null }).status, normalize('date', '2026-11-22', { asOf: '2026-11-21' }).status)
})

test('own lists reach values, columns, records and entries', async () => {
  const lists = { titles: { SIEUR: 'M' }, internal_emails: ['@maison.fr'] }
  assert.equal(normalize('civility', 'Sieur').status, 'rejected')
  assert.equal(normalize('civility', 'Sieur', { lists }).value, 'M')
  assert.deepEqual(normalizeColumnSync('civility', ['Sieur', null], { lists }).value, ['M', null])
  assert.deepEqual((await normalizeColumn('civility', ['Sieur'], { lists })).value, ['M'])
  const record = { civility: 'Sieur', email: 'zoe@maison.fr' }
  assert.deepEqual(normalizeRecord(record, { lists }).email[0].codes, ['internal_contact'])
  const entry = checkEntry(record, { codes: { internal_contact: 'warn' } }, { lists })
  assert.deepEqual(entry.remarks.map((r) => r.code), ['internal_contact'])
  assert.equal(normalize('civility', 'Sieur', { lists: null }).status, 'rejected')
})

test('problems of own lists are all said', () => {
  const lists = { titels: {}, placeholder_names: 3 }
  assert.throws(() => normalize('civility', 'x', { lists }), (e) => e.code === 'config' && e.problems.length === 2)
})

test('half a surrogate pair is read as the replacement character, not refused', () => {
  const broken = 'Ren\ud83d Dupont \\ud83d'
  assert.equal(normalize('text', broken).value, 'Ren\ufffd Dupont \\ud83d')
  assert.equal(normalizeColumnSync('text', [broken, 'b\u0001\n']).value[0], 'Ren\ufffd Dupont \\ud83d')
})

test('a long column answers in order', async () => {
  const values = Array.from({ length: 20_001 }, (_, i) => (i % 7 === 3 ? null : ` ${i} `))
  const { value, status, codes } = await normalizeColumn('integer', values)
  assert.deepEqual([value.length, status.length, codes.length], [20_001, 20_001, 20_001])
  values.forEach((raw, i) => assert.equal(value[i], raw === null ? null : String(i)))
})

test('every kind answers to anything', () => {
  for (const kind of KINDS) {
    for (const odd of ['', '\u0000', 'é'.repeat(3000), '😀', '-', '0', '"\\', ' NULL ']) {
      assert.ok(['ok', 'corrected', 'rejected', 'empty'].includes(normalize(kind, odd).status))
    }
  }
})

test('a field of a record may have several values', () => {
  const record = normalizeRecord({ last_name: 'Dupont', email: ['a@free.fr', null, 'b@free.fr'], mobile: undefined })
  assert.deepEqual(record.email.map((e) => e.value), ['a@free.fr', null, 'b@free.fr'])
  assert.equal(record.mobile, undefined)
})

test('an entry is judged under its policy', () => {
  const policy = { mandatory: ['last_name'], desired: ['siret'], codes: { bad_checksum: 'block' } }
  assert.equal(checkEntry({ last_name: 'Roy', siret: '73282932000074' }, policy).verdict, 'accept')
  assert.equal(checkEntry({ last_name: 'Roy' }, policy).verdict, 'warn')
  assert.equal(checkEntry({ last_name: 'Roy', siret: '73282932000075' }, policy).verdict, 'block')
  assert.equal(checkEntry({ last_name: 'Roy' }).verdict, 'accept')
})

test('the addon works in a worker thread beside the main one', async () => {
  const code = `import { parentPort } from 'node:worker_threads'
    import { normalizeColumn } from '${new URL('../index.js', import.meta.url)}'
    parentPort.postMessage((await normalizeColumn('city', ['lyon 3e'])).value[0])`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`))
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  assert.equal(answer, normalize('city', 'lyon 3e').value)
})
