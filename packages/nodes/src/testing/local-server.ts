import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on this machine that stands in for one of the internet. */
export interface LocalServer {
  /** Without a slash at its end. */
  readonly origin: string
  /** What was asked, in order: path with query, and headers. */
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[]
  close(): Promise<void>
}

export async function startLocalServer(
  answer: (path: string, request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalServer> {
  const asked: LocalServer['asked'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push({ path, headers: request.headers })
    answer(path, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers like a store of files: whole, in parts (`Range`, `If-Range`), or "not modified". */
export function serveBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  { etag }: { readonly etag?: string } = {},
): void {
  const tag = etag === undefined ? {} : { etag }
  if (etag !== undefined && request.headers['if-none-match'] === etag) return void response.writeHead(304, tag).end()
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
  const from = start !== undefined && request.headers['if-range'] === etag ? Number(start) : 0
  if (from > bytes.length) return void response.writeHead(416).end()
  const part = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}
  response.writeHead(from > 0 ? 206 : 200, { ...tag, ...part, 'content-length': bytes.length - from })
  response.end(bytes.subarray(from))
}
