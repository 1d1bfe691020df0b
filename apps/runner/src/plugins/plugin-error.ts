import type { Problem } from '@graft/graph-schema'

/** A plugin can't be installed, loaded or tested; the message names it. */
export class PluginError extends Error {
  override readonly name = 'PluginError'
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}

/** The same as a problem, for lists of them. */
export function problemOfPlugin(error: PluginError, severity: Problem['severity'] = 'error'): Problem {
  return { code: error.code, severity, message: error.message, fix: error.fix }
}
