import type { IncomingMessage } from 'node:http'
import { HttpProblem } from './http-problem.js'

/**
 * Reads a whole body of at most `limit` bytes into memory. Throws HttpProblem 413 above it, as soon as that is known.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) throw tooLarge(limit)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function tooLarge(limit: number): HttpProblem {
  return new HttpProblem(
    413,
    'body-too-large',
    `The body is larger than the ${Math.floor(limit / 1e6) || limit / 1e6} MB that are accepted here. Send less at once.`,
  )
}
