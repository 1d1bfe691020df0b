import { GraftError } from '@graft/errors'

/** A damaged file can have names of megabytes. */
const longest = 2900

/** Could not read or represent a weight file. */
export class FormatError extends GraftError {
  override readonly name = 'FormatError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'format', message: withoutMiddle(message), fix }, options)
  }
}

const withoutMiddle = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest / 2)} ... ${text.slice(-longest / 2)}`
