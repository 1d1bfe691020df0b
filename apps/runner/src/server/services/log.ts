export type LogLevel = 'info' | 'warning' | 'error'

/**
 * Writes one line of JSON per happening: time, level, message, and what else is worth knowing. Never tokens, never
 * query strings.
 */
export type Log = (level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>) => void

export function createLog(write: (line: string) => void): Log {
  return (level, message, details = {}) =>
    write(JSON.stringify({ time: new Date().toISOString(), level, message, ...details }))
}

/** An error for the log, where its stack helps to mend it. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) }
}
