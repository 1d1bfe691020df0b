import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fromHelper, HelperRefusal } from './helper-protocol.js'
import type { HelperCalls, HelperMethod } from './helper-protocol.js'

const idleMilliseconds = 5 * 60_000

interface Pending {
  resolve(value: unknown): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout
}

/** A process that answers questions; started when first needed, started again after it has died, let go when nobody asks for a while. */
export class HelperProcess {
  private child: ChildProcess | null = null
  private readonly pending = new Map<number, Pending>()
  private idle: NodeJS.Timeout | null = null
  private ids = 0

  constructor(private readonly program: URL, private readonly environment: Readonly<Record<string, string>> = {}) {}

  /** Asks; one who takes too long is ended, and everything else it was asked with it. @throws HelperRefusal */
  ask<Method extends HelperMethod>(method: Method, ask: HelperCalls[Method]['ask'], timeoutMilliseconds = 60_000): Promise<HelperCalls[Method]['answer']> {
    const child = (this.child ??= this.start())
    if (this.idle !== null) clearTimeout(this.idle)
    const id = this.ids++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new HelperRefusal('timeout', [problemOf('helper-timeout', `This took longer than ${Math.round(timeoutMilliseconds / 1000)} s and was stopped.`, 'Try again, or with less at once.')]))
        this.pending.delete(id)
        child.kill('SIGKILL')
      }, timeoutMilliseconds)
      this.pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer })
      child.send({ id, method, ask }, () => undefined)
    })
  }

  stop(): void {
    if (this.idle !== null) clearTimeout(this.idle)
    this.child?.kill('SIGKILL')
    this.child = null
  }

  private start(): ChildProcess {
    const child = fork(fileURLToPath(this.program), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced', env: { ...process.env, ...this.environment } })
    child.on('message', (json) => this.receive(json))
    child.on('error', () => undefined)
    child.on('exit', () => {
      if (this.child === child) this.child = null
      this.failAll()
    })
    return child
  }

  private receive(json: unknown): void {
    const message = fromHelper.parse(json)
    if (message.type === 'ready') return
    const pending = this.pending.get(message.id)
    if (pending === undefined) return
    this.pending.delete(message.id)
    clearTimeout(pending.timer)
    if (message.type === 'answer') pending.resolve(message.value)
    else pending.reject(new HelperRefusal(message.kind, message.problems))
    if (this.pending.size === 0) this.idle = setTimeout(() => this.stop(), idleMilliseconds).unref()
  }

  private failAll(): void {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer)
      reject(new HelperRefusal('failed', [problemOf('helper-died', 'The process that was to answer has ended.', 'Try again; if it happens every time, the file or graph brings it down.')]))
    }
    this.pending.clear()
  }
}

function problemOf(code: string, message: string, fix: string): HelperRefusal['problems'][number] {
  return { code, severity: 'error', message, fix }
}
