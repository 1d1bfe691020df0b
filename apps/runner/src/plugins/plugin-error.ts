import { GraftError } from '@graft/errors'
import type { Problem } from '@graft/graph-schema'

/** A plugin can't be installed, loaded, tested or run; the message names it. */
export class PluginError extends GraftError {
  override readonly name = 'PluginError'
  constructor(code: string, message: string, fix: string, field?: string) {
    super({ code, message, fix, ...(field === undefined ? {} : { field }) })
  }
}

/** The same as a problem, for lists of them. */
export function problemOfPlugin(error: PluginError, severity: Problem['severity'] = 'error'): Problem {
  return { code: error.code, severity, message: error.message, fix: error.fix }
}
