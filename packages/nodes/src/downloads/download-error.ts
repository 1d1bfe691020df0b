import { GraftError, textOf } from '@graft/errors'
import { NodeError } from '../sdk/node-error.js'

/**
 * - `unreachable`: no connection, or an offline mode: what is here already may stand in
 * - `broken`: the transfer broke off or took too long; trying again goes on where it was
 * - `refused`: the server, or a rule of ours, says no
 * - `content`: what came isn't what was asked for
 * - `checksum`: what came isn't the very file that was asked for
 */
export type DownloadFault = 'unreachable' | 'broken' | 'refused' | 'content' | 'checksum'

/** A download that failed; its field is one of Load Backbone's. */
export class DownloadError extends NodeError {
  constructor(
    readonly fault: DownloadFault,
    message: string,
    fix = 'Check the address and the connection (behind a proxy, HTTPS_PROXY has to name it), or download the file yourself and give its path.',
  ) {
    super(fault === 'checksum' ? 'sha256' : 'source', message, fix)
  }
}

/** What would have to be fetched while someone only looks: a run does that. Never a reason for another network. */
export function notHereYet(what: string): GraftError {
  return new GraftError({
    code: 'not-computed-yet',
    message: `${what} has to be downloaded first.`,
    fix: 'Run the graph up to here: the run downloads it and keeps it.',
    field: 'source',
  })
}

/** The innermost reason that an error of Node or undici gives. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error instanceof Error && error.cause instanceof Error ? reasonOf(error.cause) : textOf(error)
}

/** An address for messages: without what may be secret (the user's name and password, signatures in the query). */
export function shownAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}
