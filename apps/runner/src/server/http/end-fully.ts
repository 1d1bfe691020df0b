import type { Duplex } from 'node:stream'

/** Long enough for the other side to read the answer. */
const graceMilliseconds = 500

/**
 * Answers and closes a connection for good. `end` alone closes our half of it, and a client that never closes its own
 * keeps the connection, and its place, for as long as it likes.
 */
export function endFully(stream: Duplex, answer: string): void {
  stream.on('error', () => stream.destroy())
  const timer = setTimeout(() => stream.destroy(), graceMilliseconds)
  stream.once('close', () => clearTimeout(timer))
  if (stream.writable) stream.end(answer)
  // What still comes in is thrown away, or the end of it would never be seen.
  stream.resume()
}
