// Work happens on other threads: the event loop goes on.
import assert from 'node:assert/strict'
import test from 'node:test'
import { normalizeColumn, resolve } from '../index.js'
import { RETAIL } from './support/data.mjs'

/** How often a timer fired while `work` ran, and for how long at most it could not. */
async function ticksDuring(work) {
  let [ticks, longest, last] = [0, 0, performance.now()]
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
    ticks += 1
  }, 2)
  const began = performance.now()
  await work()
  clearInterval(timer)
  return { ticks, longest, all: performance.now() - began }
}

test('a timer ticks while a run goes on', async () => {
  const { ticks, longest, all } = await ticksDuring(() => resolve(RETAIL))
  assert.ok(ticks >= 5, `${ticks} ticks in ${all} ms`)
  assert.ok(longest < all / 2, `silent for ${longest} of ${all} ms`)
})

test('a timer ticks while a column is normalised', async () => {
  const values = Array.from({ length: 100_000 }, (_, i) => `${i} rue de la Paix`)
  const { ticks, all } = await ticksDuring(() => normalizeColumn('street', values))
  assert.ok(ticks >= 5, `${ticks} ticks in ${all} ms`)
})

test('several runs go on at once and agree', async () => {
  const runs = await Promise.all([resolve(RETAIL), resolve(RETAIL), resolve(RETAIL)])
  for (const run of runs) assert.deepEqual(run.summary, runs[0].summary)
})
