import { GraftError } from '@graft/errors'

/** Could not read or represent a weight file. */
export class FormatError extends GraftError {
  override readonly name = 'FormatError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'format', message, fix }, options)
  }
}
