import { GraftError } from '@graft/errors'

/** A network can't be built, cut or changed as asked. */
export class NetworkError extends GraftError {
  override readonly name = 'NetworkError'
  constructor(message: string, fix: string, { field, ...options }: ErrorOptions & { readonly field?: string } = {}) {
    super({ code: 'network', message, fix, ...(field !== undefined && { field }) }, options)
  }
}
