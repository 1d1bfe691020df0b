import { isIP } from 'node:net'
import { ServerError } from '../options/server-options.js'
import { tokenLength } from './token.js'

/** Whether only this machine can reach a server that listens there. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Who can reach the server from elsewhere can run anything that graphs can do, so that needs a secret. Throws ServerError. */
export function refuseUnsafe(host: string, token: string | undefined): void {
  if (token !== undefined && token.length < tokenLength)
    throw new ServerError(
      `The token has ${token.length} characters; at least ${tokenLength} are needed.`,
      'Take a longer one; `openssl rand -hex 32` makes a good one.',
    )
  if (!isLoopback(host) && token === undefined)
    throw new ServerError(
      `Listening on ${host} lets other machines in, so a token is needed.`,
      `Put one of at least ${tokenLength} characters into a file and give it with --token-file, or listen on 127.0.0.1.`,
    )
}
