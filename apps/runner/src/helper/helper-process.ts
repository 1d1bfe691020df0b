import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fromHelper, HelperRefusal } from './helper-protocol.js'
import type { HelperCalls, HelperMethod, HelperProgress } from './helper-protocol.js'

const idleMilliseconds = 5 * 60_000

interface Pending {
  resolve(value: unknown): void
  reject(error: Error): void
  onProgress?(progress: HelperProgress): void
  readonly timer: NodeJS.Timeout
}

/** One process, and what it was asked and hasn't answered. */
interface Running {
  readonly child: ChildProcess
  readonly pending: Map<number, Pending>
}

/**
 * A process that answers questions; started when first needed, started again after it has died, let go when no one asks
 * for a while.
 */
export class HelperProcess {
  private current: Running | null = null
  private readonly retired = new Set<Running>()
  private idle: NodeJS.Timeout | null = null
  private ids = 0

  constructor(
    private readonly program: URL,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  /** Asks; one who takes too long is ended, and everything else it was asked with it. @throws HelperRefusal */
  ask<Method extends HelperMethod>(
    method: Method,
    ask: HelperCalls[Method]['ask'],
    timeoutMilliseconds = 60_000,
    onProgress?: (progress: HelperProgress) => void,
  ): Promise<HelperCalls[Method]['answer']> {
    const running = (this.current ??= this.start())
    const { child, pending } = running
    if (this.idle !== null) clearTimeout(this.idle)
    const id = this.ids++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new HelperRefusal('timeout', [
            problemOf(
              'helper-timeout',
              `This took longer than ${Math.round(timeoutMilliseconds / 1000)} s and was stopped.`,
              'Try again: what it had done is used; or with less at once.',
            ),
          ]),
        )
        pending.delete(id)
        // What is asked from here on goes to a new one, not to one that is about to end.
        if (this.current === running) this.current = null
        failAll(running, stoppedForAnother)
        child.kill('SIGKILL')
      }, timeoutMilliseconds)
      pending.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        timer,
        ...(onProgress && { onProgress }),
      })
      // A process that could not be started has no `send`; its error, which follows, fails what it was asked.
      if (child.connected) child.send({ id, method, ask }, () => undefined)
    })
  }

  /**
   * What the process has loaded has changed: later questions go to a new one, and the old one ends after its last
   * answer.
   */
  renew(): void {
    const old = this.current
    if (old === null) return
    this.current = null
    if (old.pending.size === 0) old.child.kill('SIGKILL')
    else this.retired.add(old)
  }

  stop(): void {
    if (this.idle !== null) clearTimeout(this.idle)
    for (const { child } of this.retired) child.kill('SIGKILL')
    this.current?.child.kill('SIGKILL')
    this.current = null
  }

  private start(): Running {
    const child = fork(fileURLToPath(this.program), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, ...this.environment },
    })
    const running: Running = { child, pending: new Map() }
    child.on('message', (json) => this.receive(json, running))
    const end = (): void => {
      if (this.current === running) this.current = null
      this.retired.delete(running)
      failAll(running, died)
    }
    // One that could not be started has an error and no end.
    child.on('error', end)
    child.on('exit', end)
    return running
  }

  private receive(json: unknown, running: Running): void {
    const message = fromHelper.parse(json)
    if (message.type === 'ready') return
    const pending = running.pending.get(message.id)
    if (pending === undefined) return
    if (message.type === 'progress') return pending.onProgress?.(message)
    running.pending.delete(message.id)
    clearTimeout(pending.timer)
    if (message.type === 'answer') pending.resolve(message.value)
    else pending.reject(new HelperRefusal(message.kind, message.problems))
    if (running.pending.size > 0) return
    if (running === this.current) this.idle = setTimeout(() => this.stop(), idleMilliseconds).unref()
    else running.child.kill('SIGKILL')
  }
}

const died = (): HelperRefusal =>
  new HelperRefusal('failed', [
    problemOf(
      'helper-died',
      'The process that was to answer has ended.',
      'Try again; if it happens every time, the file or graph brings it down.',
    ),
  ])

const stoppedForAnother = (): HelperRefusal =>
  new HelperRefusal('timeout', [
    problemOf('helper-timeout', 'Another request took too long, and this one was stopped with it.', 'Try again.'),
  ])

function failAll({ pending }: Running, reason: () => HelperRefusal): void {
  for (const { reject, timer } of pending.values()) {
    clearTimeout(timer)
    reject(reason())
  }
  pending.clear()
}

function problemOf(code: string, message: string, fix: string): HelperRefusal['problems'][number] {
  return { code, severity: 'error', message, fix }
}
