import { documentLimits } from '@graft/graph-schema'
import { HttpProblem } from './http-problem.js'

/** Keys that turn into something else than a plain field when careless code copies an object. */
const forbiddenKeys = new Set([
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
])

/**
 * Parses JSON from a client. Throws HttpProblem 400 when it is no JSON, or holds what would hurt: too deep, too many
 * values, keys that reach prototypes, numbers beyond measure.
 */
export function parseGuardedJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new HttpProblem(
      400,
      'not-json',
      `The body is not valid JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed'}.`,
    )
  }
  guard(value)
  return value
}

/** Walks level by level, without recursion. */
function guard(root: unknown): void {
  let level: unknown[] = [root]
  let values = 0
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length
    if (depth > documentLimits.depth + 4)
      throw new HttpProblem(
        400,
        'json-too-deep',
        `The JSON is nested deeper than ${documentLimits.depth} levels. Send something flatter.`,
      )
    if (values > documentLimits.values)
      throw new HttpProblem(
        400,
        'json-too-large',
        `The JSON holds more than ${documentLimits.values} values. Send less at once.`,
      )
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value === 'number' && !Number.isFinite(value))
        throw new HttpProblem(400, 'number-too-large', 'A number is larger than a double can hold. Send a smaller one.')
      if (typeof value !== 'object' || value === null) continue
      if (!Array.isArray(value))
        for (const key of Object.keys(value)) guardKey(key, (value as Record<string, unknown>)[key])
      for (const child of Object.values(value)) next.push(child)
    }
    level = next
  }
}

function guardKey(key: string, value: unknown): void {
  const reachesPrototype =
    key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
  if (forbiddenKeys.has(key) || reachesPrototype)
    throw new HttpProblem(
      400,
      'forbidden-key',
      `The key "${key}" is not allowed anywhere in the body. Choose another name.`,
    )
}
