import type { Problem } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes'

/** Errors whose message already says what happened, what was expected and how to fix it. */
const explainedErrors: Readonly<Record<string, string>> = {
  EngineError: 'engine',
  NetworkError: 'network',
  FormatError: 'format',
  StoreError: 'store',
}

const fixes: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some disk space; `graft doctor` says how much the cache takes and where it lies.',
  EACCES: 'Give yourself the right to read (or write) it, or choose another path.',
  EPERM: 'Give yourself the right to read (or write) it, or choose another path.',
  ENOENT: 'Check the path; relative paths start at the folder of the graph file.',
  EMFILE: 'Raise the limit on open files (`ulimit -n 4096`) and run again.',
}

/** Turns whatever a node threw into a problem for a person. No stack trace unless `debug`. */
export function problemOf(error: unknown, node: string, title: string, debug: boolean): Problem {
  const where = { severity: 'error', node } as const
  const details = debug && error instanceof Error && error.stack ? `\n${error.stack}` : ''
  if (error instanceof NodeError) {
    return {
      ...where,
      code: 'node',
      ...(error.field === null ? {} : { field: error.field }),
      message: error.message + details,
      fix: error.fix,
    }
  }
  if (!(error instanceof Error)) return internal(where, title, String(error))
  const explained = explainedErrors[error.name]
  if (explained !== undefined)
    return { ...where, code: explained, ...fieldAndFix(error), message: error.message + details }
  const systemCode = (error as NodeJS.ErrnoException).code
  const fix = systemCode === undefined ? undefined : fixes[systemCode]
  if (fix !== undefined)
    return { ...where, code: 'file-system', message: `${title} could not use a file: ${error.message}${details}`, fix }
  return internal(where, title, error.message + details)
}

function internal(where: Pick<Problem, 'severity' | 'node'>, title: string, message: string): Problem {
  return {
    ...where,
    code: 'internal',
    message: `${title} failed in a way it should not: ${message}`,
    fix: 'This is a fault in the node or in Graft. Run again with --debug and report what it prints.',
  }
}

/** Errors may carry a fix of their own; else their message holds it. */
function fieldAndFix(error: Error): Pick<Problem, 'fix'> {
  return { fix: 'fix' in error && typeof error.fix === 'string' ? error.fix : '' }
}
