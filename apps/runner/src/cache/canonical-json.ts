/**
 * JSON text that depends on the value alone: keys sorted, no white space, undefined properties left out. Equal values
 * give equal text on every machine. Throws TypeError, naming the place, on what JSON can't hold (NaN, Infinity,
 * functions, bigint), because silently writing null would make different values look equal.
 */
export function canonicalJson(value: unknown, path = 'value'): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new TypeError(`${path} is ${value}, which JSON can't hold: a finite number was expected.`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value))
    return `[${value.map((item, index) => canonicalJson(item === undefined ? null : item, `${path}[${index}]`)).join(',')}]`
  if (typeof value !== 'object')
    throw new TypeError(`${path} is a ${typeof value}, which JSON can't hold: plain data was expected.`)
  if (ArrayBuffer.isView(value))
    throw new TypeError(`${path} holds binary data, which must go to the store as a blob: plain data was expected.`)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, `${path}.${key}`)}`).join(',')}}`
}
