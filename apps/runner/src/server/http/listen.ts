import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { ServerError } from '../options/server-options.js'
import { endFully } from './end-fully.js'

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** An HTTP server that doesn't wait for ever for slow clients, and answers what isn't HTTP with a status. */
export function openServer(): Server {
  const server = createServer({
    headersTimeout: 20_000,
    connectionsCheckingInterval: 5000,
    requestTimeout: 30 * 60_000,
    keepAliveTimeout: 10_000,
    maxHeaderSize: 16_384,
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = statuses[error.code ?? ''] ?? '400 Bad Request'
    endFully(socket, `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  return server
}

/** Gives the port that it listens on. Throws ServerError when it is taken. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new ServerError(
              `Port ${port} on ${host} is taken: another Graft may be running.`,
              'Choose another port with --port.',
            )
          : error,
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Lets answers under way end, but not for ever. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), 2000)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** The address to open in a browser. */
export function addressOf(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? 'localhost' : host
  return `http://${name}:${port}`
}
