import { mkdirSync, mkdtempSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findHome } from '../home.js'
import type { ServerOptions } from '../server/options/server-options.js'
import { startServer } from '../server/start-server.js'
import type { RunningServer } from '../server/start-server.js'
import { compiled } from './spawn-graft.js'
import { stubSurroundings } from './stub-surroundings.js'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface TestServer extends RunningServer {
  readonly home: string
  readonly data: string
  readonly logged: string[]
  /** Sends exactly this; `path` is not touched. */
  send(
    method: string,
    path: string,
    options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array | string },
  ): Promise<RawAnswer>
}

/** A server over stub nodes in this process, with a home and a data root of its own. */
export async function startTestServer(changes: Partial<ServerOptions> = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'graft-server-'))
  const home = join(directory, 'home')
  const data = join(directory, 'data')
  mkdirSync(data)
  const logged: string[] = []
  const programs = {
    runProgram: compiled('testing/scripted-child.js'),
    helperProgram: compiled('testing/stub-helper.js'),
  }
  const server = await startServer({
    ...stubSurroundings,
    ...programs,
    home: findHome({ GRAFT_HOME: home }),
    port: 0,
    dataRoots: [data],
    editor: join(directory, 'no-editor'),
    log: (line) => logged.push(line),
    ...changes,
  })
  return {
    ...server,
    home,
    data,
    logged,
    send: (method, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const call = request(
          {
            host: '127.0.0.1',
            port: server.port,
            method,
            path,
            headers: {
              ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
              ...headers,
            },
          },
          (response) => {
            const chunks: Buffer[] = []
            response.on('data', (chunk: Buffer) => chunks.push(chunk))
            response.on('end', () =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
            )
            response.on('error', reject)
          },
        )
        call.on('error', reject)
        call.end(body)
      }),
  }
}
