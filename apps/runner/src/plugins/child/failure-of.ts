import type { PluginFailure } from '../protocol/messages.js'

/**
 * Anything that was thrown, as plain data of bounded length. NodeErrors are known by name: a plugin may bring its own
 * copy of the SDK.
 */
export function failureOf(error: unknown): PluginFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: cut(String(error), 20_000) }
  const extra = error as Error & Readonly<Record<'field' | 'fix' | 'permission' | 'resource', unknown>>
  return {
    name: cut(error.name, 200),
    message: cut(error.message, 20_000),
    ...(error.stack === undefined ? {} : { stack: cut(error.stack, 50_000) }),
    ...(error.name === 'NodeError' && typeof extra.fix === 'string'
      ? { fix: cut(extra.fix, 20_000), field: typeof extra.field === 'string' ? cut(extra.field, 1000) : null }
      : {}),
    ...(typeof extra.permission === 'string'
      ? { permission: cut(extra.permission, 200), resource: cut(String(extra.resource ?? ''), 5000) }
      : {}),
  }
}

const cut = (text: string, length: number): string => (text.length <= length ? text : text.slice(0, length))
