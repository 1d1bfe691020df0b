import { readFileSync } from 'node:fs'
import { textOf } from '@graft/errors'
import { callError } from './cli-error.js'

/** The token in a file. Throws CliError. */
export function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw callError(
      'token-file',
      `The token file can't be read: ${textOf(error)}.`,
      '`openssl rand -hex 32 > token` makes one.',
    )
  }
}
