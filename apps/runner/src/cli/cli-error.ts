import type { Problem } from '@graft/graph-schema'

/** A command can't go on; `main` prints the problems and ends with the code. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(
    readonly problems: readonly Problem[],
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(problems.map((problem) => problem.message).join('\n'))
  }
}

/** One problem with the call itself. */
export function callError(code: string, message: string, fix: string): CliError {
  return new CliError([{ code, severity: 'error', message, fix }])
}
