import { isGraftError } from '@graft/errors'
import type { Problem } from '@graft/graph-schema'
import { limitBehind } from './process-limits.js'

const freeSpace = 'Free some disk space; `graft doctor` says how much the cache takes and where it lies.'
const fixes: Readonly<Record<string, string>> = {
  ENOSPC: freeSpace,
  EDQUOT: freeSpace,
  EACCES: 'Change its permissions so that you can read (or write) it, or choose another path.',
  EPERM: 'Change its permissions so that you can read (or write) it, or choose another path.',
  ENOENT: 'Check the path; relative paths start at the folder of the graph file.',
  ENFILE: 'The whole system has too many files open: end other programs, or raise its limit (`sysctl fs.file-max`).',
}

/** Of a problem: there is no room left on a disk of this machine, or none that may be used. */
export const noSpace = 'no-space'
const full = new Set(['ENOSPC', 'EDQUOT'])

/** Turns whatever a node threw into a problem for a person. No stack trace unless `debug`. */
export function problemOf(error: unknown, node: string, title: string, debug: boolean): Problem {
  const where = { severity: 'error', node } as const
  const details = debug && error instanceof Error && error.stack ? `\n${error.stack}` : ''
  if (isGraftError(error) && error.code !== 'internal') {
    const { code, message, fix, field } = error
    // An engine that was short of memory knows only that it refused.
    const limit = limitBehind(message)
    if (limit !== null) return { ...where, code: 'small-limit', message: message + details, fix: limit }
    return { ...where, code, ...(field === undefined ? {} : { field }), message: message + details, fix }
  }
  if (!(error instanceof Error)) return internal(where, title, String(error))
  const systemCode = (error as NodeJS.ErrnoException).code
  const limit = limitBehind(`${systemCode ?? ''} ${error.message}`)
  const fix = limit ?? (systemCode === undefined ? undefined : fixes[systemCode])
  if (fix !== undefined)
    return {
      ...where,
      code: limit !== null ? 'small-limit' : full.has(systemCode ?? '') ? noSpace : 'file-system',
      message: `${limit === null ? whatHappened(title, error) : `${title} could not ${systemCode === 'EMFILE' ? 'read or write a file' : 'go on'}: ${error.message}.`}${details}`,
      fix,
    }
  return internal(where, title, error.message + details)
}

/** What the system refused, in words; its own words where there are none for it. */
function whatHappened(title: string, { code, path, message }: NodeJS.ErrnoException): string {
  const file = path === undefined ? 'a file' : `"${path}"`
  if (code === 'ENOENT') return `${title} needs ${file}, which is not there.`
  if (code === 'EACCES' || code === 'EPERM') return `${title} may not open ${file}.`
  if (full.has(code ?? '')) return `${title} could not write ${file}: the disk is full.`
  return `${title} could not read or write ${file}: ${message}.`
}

function internal(where: Pick<Problem, 'severity' | 'node'>, title: string, message: string): Problem {
  return {
    ...where,
    code: 'internal',
    message: `${title} failed unexpectedly: ${message}`,
    fix: 'This is a bug in the node or in Graft. Run again with --debug and report what it prints.',
  }
}
