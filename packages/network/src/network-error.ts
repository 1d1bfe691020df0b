/**
 * A network can't be built, cut or changed as asked; the message says what happened, what was expected and how to fix
 * it.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
}
