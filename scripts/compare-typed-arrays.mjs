// Set-up of every test file: equal typed arrays are found equal number by number. Vitest lists the indices of both as
// texts first, which takes seconds for the weights of one network; where they differ, it still says how.
import { expect } from 'vitest'

const done = Symbol.for('graft: typed arrays are compared number by number')

function areSame(one, other) {
  if (!ArrayBuffer.isView(one) || one instanceof DataView) return undefined
  if (one.constructor !== other?.constructor || one.length !== other.length) return undefined
  for (let at = 0; at < one.length; at++) if (!Object.is(one[at], other[at])) return undefined
  return true
}

// Files share a process: once is enough.
if (globalThis[done] !== true) {
  expect.addEqualityTesters([areSame])
  globalThis[done] = true
}
