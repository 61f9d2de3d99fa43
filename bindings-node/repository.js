// What only JavaScript can say of a repository: loops over it, and its end with a block.
'use strict'

module.exports = function extend(Repository) {
  const own = { configurable: true, writable: true }

  async function* follow(consumer, { most } = {}) {
    for (;;) {
      const entries = await this.changes(consumer, { most })
      if (entries.length === 0) return
      let done = 0
      try {
        for (const entry of entries) {
          yield entry
          done = entry.cursor
        }
      } finally {
        if (done > 0) await this.acknowledge(consumer, done)
      }
    }
  }
  Object.defineProperty(Repository.prototype, 'follow', { ...own, value: follow })

  // Not every engine that runs this has `await using`.
  if (Symbol.asyncDispose === undefined) return
  Object.defineProperty(Repository.prototype, Symbol.asyncDispose, { ...own, value: Repository.prototype.close })
}
