// Written by build.mjs. Do not edit.
'use strict'

let native
try {
  native = require('./rcu.node')
} catch (cause) {
  throw new Error('rcu.node is not there or not for this platform; build it with: node build.mjs', { cause })
}

exports.Repository = native.Repository
exports.Resolution = native.Resolution
exports.check = native.check
exports.checkEntry = native.checkEntry
exports.checkSync = native.checkSync
exports.expand = native.expand
exports.expandSync = native.expandSync
exports.normalize = native.normalize
exports.normalizeColumn = native.normalizeColumn
exports.normalizeColumnSync = native.normalizeColumnSync
exports.normalizeRecord = native.normalizeRecord
exports.resolve = native.resolve
exports.resolveSync = native.resolveSync
exports.schema = native.schema

require('./repository.js')(native.Repository)

exports.ERROR_CODES = Object.freeze([
  'config',
  'config_syntax',
  'missing_column',
  'unknown_source',
  'no_input',
  'unknown_kind',
  'argument',
  'too_large',
  'io',
  'internal',
])
exports.KINDS = Object.freeze([
  'phone',
  'email',
  'email_key',
  'last_name',
  'first_name',
  'person_name',
  'name_key',
  'civility',
  'birth_date',
  'date',
  'street',
  'postcode',
  'city',
  'postcode_city',
  'address',
  'addr_key',
  'addr_key2',
  'amount',
  'amount_minor',
  'siren',
  'siret',
  'vat_fr',
  'iban',
  'iban_mask',
  'country',
  'language',
  'loyalty_card',
  'loyalty_card_ean13',
  'loyalty_card_luhn',
  'boolean',
  'consent',
  'company_name',
  'company_key',
  'soundex_fr',
  'phonex',
  'text',
  'integer',
  'decimal',
  'category',
  'identifier',
])
