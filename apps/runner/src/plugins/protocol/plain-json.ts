import { FrameError } from './frame.js'

const maximalDepth = 64
const maximalValues = 2_000_000

/**
 * Parses a message of a plugin. Throws FrameError on what is no JSON, is nested or long beyond reason, or carries keys
 * that reach for prototypes.
 */
export function parsePlainJson(text: string): unknown {
  const value = parse(text)
  let level: unknown[] = [value]
  let values = 0
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length
    if (depth > maximalDepth) throw new FrameError(`a message nested deeper than ${maximalDepth} levels`)
    if (values > maximalValues) throw new FrameError(`a message of more than ${maximalValues} values`)
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      refusePollution(item)
      for (const child of Object.values(item)) next.push(child)
    }
    level = next
  }
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new FrameError('a message that is not JSON')
  }
}

function refusePollution(item: object): void {
  if (Object.hasOwn(item, '__proto__'))
    throw new FrameError('a message with the key "__proto__", which could change objects it has no business with')
  const constructor: unknown = Object.hasOwn(item, 'constructor') ? item.constructor : undefined
  if (typeof constructor === 'object' && constructor !== null && Object.hasOwn(constructor, 'prototype')) {
    throw new FrameError(
      'a message with the keys "constructor.prototype", which could change objects it has no business with',
    )
  }
}
