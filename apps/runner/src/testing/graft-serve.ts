import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { apiBase } from '@graft/graph-schema'
import { compiled } from './spawn-graft.js'

export interface ServeAnswer {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** `graft serve` as a person starts it: the built program with the real node library, in a process of its own. */
export class GraftServe {
  log = ''
  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
  ) {}

  /** Resolves once it listens. Throws when it ends before that. */
  static start(
    home: string,
    words: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<GraftServe> {
    const graft = fileURLToPath(new URL('../../bin/graft.mjs', import.meta.url))
    compiled('cli/main.js')
    const child = spawn(process.execPath, [graft, 'serve', '--port', '0', ...words], {
      cwd: home,
      env: { ...process.env, GRAFT_HOME: home, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    return new Promise((resolve, reject) => {
      let server: GraftServe | null = null
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-50_000)
        if (server) server.log = log
      })
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const address = /Graft is at (\S+)/.exec(text)?.[1]
        if (address !== undefined) {
          server = new GraftServe(child, address)
          server.log = log
          resolve(server)
        }
      })
      child.on('exit', (code, signal) => reject(new Error(`graft serve ended with ${code ?? signal}: ${log}`)))
    })
  }

  async call(method: string, path: string, body?: unknown): Promise<ServeAnswer> {
    const response = await fetch(
      `${this.address}${path.startsWith('/healthz') || path.startsWith('/metrics') ? '' : apiBase}${path}`,
      {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      },
    )
    const text = await response.text()
    return { status: response.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }

  /** Resolves to the exit code. */
  stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return Promise.resolve(this.child.exitCode)
    return new Promise((resolve) => {
      this.child.once('exit', resolve)
      this.child.kill('SIGTERM')
    })
  }
}
