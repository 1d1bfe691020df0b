import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { apiBase } from '@graft/graph-schema'
import { compiled } from './spawn-graft.js'

export interface Answer {
  readonly status: number
  readonly json: unknown
}

/** A stub server in a process of its own, to be killed and started again over one home folder. */
export class ServerProcess {
  private child: ChildProcess | null = null
  port = 0
  log = ''

  constructor(
    private readonly home: string,
    private readonly words: readonly string[] = [],
  ) {}

  async start(words: readonly string[] = this.words): Promise<void> {
    const child = fork(fileURLToPath(compiled('testing/stub-server.js')), [...words], {
      env: { ...process.env, GRAFT_HOME: this.home },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-20_000)
    })
    this.child = child
    this.port = await new Promise<number>((resolve, reject) => {
      child.on('message', (message) => resolve((message as { port: number }).port))
      child.on('exit', (code, signal) => reject(new Error(`The server ended with ${code ?? signal}: ${this.log}`)))
    })
  }

  /** Ends the process and waits until it is gone. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.child
    this.child = null
    if (child === null || child.exitCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${apiBase}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? null : JSON.parse(text) }
  }
}
