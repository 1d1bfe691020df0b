import { isGraftError } from '@graft/errors'
import type { PluginFailure } from '../protocol/messages.js'

/** Anything that was thrown, as plain data of bounded length. */
export function failureOf(error: unknown): PluginFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: cut(String(error), 20_000) }
  const extra = error as Error & Readonly<Record<'permission' | 'resource', unknown>>
  return {
    name: cut(error.name, 200),
    message: cut(error.message, 20_000),
    ...(error.stack === undefined ? {} : { stack: cut(error.stack, 50_000) }),
    ...(isGraftError(error)
      ? { fix: cut(error.fix, 20_000), field: error.field === undefined ? null : cut(error.field, 1000) }
      : {}),
    ...(typeof extra.permission === 'string'
      ? { permission: cut(extra.permission, 200), resource: cut(String(extra.resource ?? ''), 5000) }
      : {}),
  }
}

const cut = (text: string, length: number): string => (text.length <= length ? text : text.slice(0, length))
