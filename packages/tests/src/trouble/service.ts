import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { apiBase } from '@graft/graph-schema'
import { type CommandEnd, startCommand } from './command.js'

/** What a server may answer when the machine, not Graft, is at fault: busy, and a full disk. */
const honest = [503, 507]

/** `graft serve` over one home folder; killed, and started again, by the test. */
export class Service {
  private child: ChildProcess | null = null
  private address = ''
  /** How it ended, once it has. */
  private ended: CommandEnd | null = null

  constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly dataRoot: string,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid
  }

  async start(): Promise<void> {
    const words = ['serve', '--port', '0', '--data-root', this.dataRoot, '--on-restart', 'resume']
    const { child, end } = startCommand(words, this.environment)
    this.child = child
    this.ended = null
    let printed = ''
    this.address = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (text: string) => {
        printed += text
        const address = /Graft is at (\S+)/.exec(printed)?.[1]
        if (address !== undefined) resolve(address)
      })
      void end.then((ended) => {
        if (this.child === child) this.ended = ended
        reject(new Error(`graft serve ended ${howIt(ended)}`))
      }, reject)
    })
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.child
    this.child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  /** Null where the answer blames the machine. Throws on any other fault of the server. */
  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown> | null> {
    // This process stands still while it fills a disk, for longer than a server keeps a connection that says nothing.
    const headers = { 'content-type': 'application/json', connection: 'close' }
    const response = await fetch(`${this.address}${apiBase}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(async (error: unknown) => {
      // A process that has died is told a moment after its connections.
      await pause(500)
      const server = this.ended === null ? 'is still there' : `ended ${howIt(this.ended)}`
      throw new Error(`${method} ${path} was not answered, and the server ${server}.`, { cause: error })
    })
    const text = await response.text()
    if (response.status >= 500 && !honest.includes(response.status))
      throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`)
    return response.ok ? (JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>) : null
  }

  /** Waits until nothing waits or runs any more. Throws when that takes too long: a run is stuck. */
  async settle(milliseconds: number): Promise<void> {
    for (let waited = 0; ; waited += 100) {
      const listed = await this.call('GET', '/runs?limit=200')
      const runs = (listed?.['runs'] ?? []) as readonly { readonly id: string; readonly status: string }[]
      const going = runs.filter(({ status }) => status === 'queued' || status === 'running')
      if (listed !== null && going.length === 0) return
      if (waited > milliseconds) throw new Error(`These runs are stuck: ${JSON.stringify(going)}`)
      await pause(100)
    }
  }
}

const howIt = ({ code, signal, stderr }: CommandEnd): string => `with ${signal ?? code}: ${stderr.slice(-2000)}`
