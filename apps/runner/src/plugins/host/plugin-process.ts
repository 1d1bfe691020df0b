import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { textOf } from '@graft/errors'
import { PluginError } from '../plugin-error.js'
import { encodeFrame, FrameError, FrameReader } from '../protocol/frame.js'
import type { Frame } from '../protocol/frame.js'
import { fromPlugin } from '../protocol/messages.js'
import type { FromPlugin, PluginCall, ToPlugin } from '../protocol/messages.js'
import { parsePlainJson } from '../protocol/plain-json.js'
import type { BlobBroker } from './blob-broker.js'
import {
  abortFailure,
  deathFailure,
  failureFromPlugin,
  hangFailure,
  memoryFailure,
  messageFailure,
  tooSlowFailure,
} from './failures.js'
import { launchPlugin } from './launch.js'
import type { PluginFiles } from './launch.js'
import { Allowance, defaultLimits } from './limits.js'
import type { PluginLimits } from './limits.js'
import { residentMegabytes } from './watch-memory.js'

const watchMilliseconds = 50
const keptOutput = 4000

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly blobs?: BlobBroker
  /** Throws an Error that continues "it sent ..." when it is not an event. */
  readonly onEvent?: (event: Readonly<Record<string, unknown>>) => void
}

interface Pending extends CallOptions {
  readonly deadline: number
  readonly milliseconds: number
  abortDeadline: number
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * A plugin in a process of its own, which can do no more than it was permitted and is ended when it hangs, takes too
 * much memory, floods its host or breaks the protocol. One call at a time. Whatever happens rejects the call with a
 * PluginError that names the plugin; the host goes on.
 */
export class PluginProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  private readonly reader: FrameReader
  private readonly allowance: Allowance
  private readonly watch: NodeJS.Timeout
  private readonly closed: Promise<void>
  private pending: Pending | null = null
  private failure: PluginError | null = null
  /** Null until the first message: starting Node takes its time, and `startMilliseconds` bounds it. */
  private lastSign: number | null = null
  private printed = ''
  private printedBytes = 0

  /**
   * Starts the plugin and waits until it is loaded. `readable` is what it may read beyond its own files. Throws
   * PluginError.
   */
  static async start(
    plugin: PluginFiles,
    readable: readonly string[] = [],
    limits: Partial<PluginLimits> = {},
    signal?: AbortSignal,
  ): Promise<PluginProcess> {
    const all = { ...defaultLimits, ...limits }
    const started = new PluginProcess(plugin, readable, all)
    const { network, childProcesses } = plugin.permissions
    const heartbeatMilliseconds = Math.max(20, Math.min(1000, all.silenceMilliseconds / 4))
    const load: ToPlugin = {
      type: 'load',
      main: pathToFileURL(plugin.main).href,
      network,
      childProcesses,
      once: false,
      heartbeatMilliseconds,
    }
    await started.ask(load, all.startMilliseconds, signal ? { signal } : {})
    return started
  }

  private constructor(
    private readonly plugin: PluginFiles,
    readable: readonly string[],
    private readonly limits: PluginLimits,
  ) {
    const { command, words, environment, folder } = launchPlugin(plugin, readable)
    // A process group of its own: Ctrl-C is for the host to interpret, and whatever the plugin starts ends with it.
    this.child = spawn(command, words, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    }) as ChildProcessByStdio<Writable, Readable, Readable>
    this.reader = new FrameReader({ textBytes: limits.messageBytes, blobBytes: limits.blobBytes })
    this.allowance = new Allowance(limits.messageBurst, limits.messagesPerSecond)
    this.closed = new Promise((resolve) => this.child.on('close', (code, death) => this.onClose(code, death, resolve)))
    this.child.on('error', (error) =>
      this.fail(messageFailure(plugin, `no sign at all, because its process could not be started (${error.message})`)),
    )
    this.child.stdin.on('error', () => undefined)
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.onPrinted(text))
    this.messages()
      .on('data', (chunk: Uint8Array) => this.onData(chunk))
      .on('error', () => undefined)
    this.watch = setInterval(() => void this.look(), watchMilliseconds)
  }

  /**
   * Asks something of the plugin. Throws a GraftError when it fails or can't go on, and what the signal says when it
   * obeyed an abort.
   */
  call(call: PluginCall, options: CallOptions = {}): Promise<unknown> {
    return this.ask(
      { type: 'call', call },
      this.limits.callMilliseconds ?? this.plugin.permissions.timeoutSeconds * 1000,
      options,
    )
  }

  /** Ends the process; resolves once it is gone. */
  async stop(): Promise<void> {
    this.kill()
    await this.closed
  }

  private ask(message: ToPlugin, milliseconds: number, options: CallOptions): Promise<unknown> {
    if (this.failure !== null) return Promise.reject(this.failure)
    if (this.pending !== null) return Promise.reject(new Error('A plugin answers one call at a time.'))
    const { signal } = options
    if (signal?.aborted) {
      this.kill()
      return Promise.reject(signal.reason as Error)
    }
    if (this.lastSign !== null) this.lastSign = performance.now()
    const abort = (): void => {
      if (this.pending !== null) this.pending.abortDeadline = performance.now() + this.limits.abortMilliseconds
      this.tell({ type: 'abort' })
    }
    signal?.addEventListener('abort', abort, { once: true })
    const answer = new Promise<unknown>((resolve, reject) => {
      this.pending = {
        ...options,
        deadline: performance.now() + milliseconds,
        milliseconds,
        abortDeadline: Infinity,
        resolve,
        reject,
      }
    })
    this.tell(message)
    return answer.finally(() => {
      this.pending = null
      signal?.removeEventListener('abort', abort)
    })
  }

  private messages(): Readable {
    return this.child.stdio[3] as unknown as Readable
  }

  private tell(message: ToPlugin, bytes?: Uint8Array): void {
    if (this.child.stdin.writable) this.child.stdin.write(encodeFrame(message, bytes))
  }

  private onData(chunk: Uint8Array): void {
    if (this.failure !== null) return
    this.lastSign = performance.now()
    try {
      for (const frame of this.reader.push(chunk)) {
        if (!this.allowance.take())
          throw new FrameError(
            `more than ${this.limits.messageBurst} messages at once (at most ${this.limits.messagesPerSecond} a second are read)`,
          )
        this.receive(frame)
        if (this.failure !== null) return
      }
    } catch (error) {
      this.fail(messageFailure(this.plugin, textOf(error)))
    }
  }

  private receive({ text, bytes }: Frame): void {
    const parsed = fromPlugin.safeParse(parsePlainJson(text))
    if (!parsed.success)
      throw new FrameError(
        `a message that is not one of those it may send (${parsed.error.issues[0]?.message ?? 'unknown'})`,
      )
    const message = parsed.data
    switch (message.type) {
      case 'heartbeat':
        if (process.platform !== 'linux') this.seeMemory(message.memory / 2 ** 20)
        return
      case 'ready':
        return this.pending?.resolve(null)
      case 'result':
        return this.pending?.resolve(message.value)
      case 'failed':
        return this.pending?.reject(failureFromPlugin(this.plugin, message.failure))
      case 'event':
        return this.pending?.onEvent?.(message.event)
      default:
        void this.answerBlob(message, bytes)
    }
  }

  private async answerBlob(message: Extract<FromPlugin, { request: number }>, bytes: Uint8Array): Promise<void> {
    // Nothing more is read meanwhile, so that blobs don't pile up here.
    this.messages().pause()
    try {
      const { request } = message
      const blobs = this.pending?.blobs
      if (message.type === 'blob-put') {
        const reference = await blobs?.put(bytes, message.mediaType, message.name)
        if (reference === null) throw new FrameError(`blobs of more than ${this.limits.storedBytes} bytes in all`)
        this.tell({ type: 'blob', request, present: reference !== undefined, reference })
      } else if (message.type === 'blob-has') {
        this.tell({ type: 'blob', request, present: blobs?.isGiven(message.sha256) ?? false })
      } else {
        const found = (await blobs?.get(message.sha256)) ?? null
        this.tell({ type: 'blob', request, present: found !== null }, found ?? undefined)
      }
    } catch (error) {
      this.fail(
        error instanceof FrameError
          ? messageFailure(this.plugin, error.message)
          : new PluginError(
              'plugin-blob',
              `A blob of plugin "${this.plugin.name}" could not be stored or read: ${textOf(error)}`,
              'Check that the disk is not full.',
            ),
      )
    } finally {
      this.messages().resume()
    }
  }

  private onPrinted(text: string): void {
    this.printed = (this.printed + text).slice(-keptOutput)
    this.printedBytes += text.length
    if (this.printedBytes > this.limits.printedBytes)
      this.fail(messageFailure(this.plugin, `more than ${this.limits.printedBytes} bytes to its standard output`))
  }

  private async look(): Promise<void> {
    const now = performance.now()
    if (this.pending !== null) {
      if (now > this.pending.abortDeadline) this.fail(abortFailure(this.plugin, this.limits.abortMilliseconds))
      else if (now > this.pending.deadline) this.fail(tooSlowFailure(this.plugin, this.pending.milliseconds))
      else if (this.lastSign !== null && now - this.lastSign > this.limits.silenceMilliseconds)
        this.fail(hangFailure(this.plugin, this.limits.silenceMilliseconds))
    }
    const megabytes = await residentMegabytes(this.child.pid ?? 0)
    if (megabytes !== null) this.seeMemory(megabytes)
  }

  private seeMemory(megabytes: number): void {
    const { memoryMegabytes } = this.plugin.permissions
    if (megabytes > memoryMegabytes + this.limits.memoryOverheadMegabytes)
      this.fail(memoryFailure(this.plugin, megabytes, memoryMegabytes))
  }

  private fail(failure: PluginError): void {
    if (this.failure !== null) return
    this.failure = failure
    this.kill()
  }

  private kill(): void {
    this.failure ??= new PluginError(
      'plugin-stopped',
      `Plugin "${this.plugin.name}" was stopped.`,
      'Run the graph again.',
    )
    this.pending?.reject(this.failure)
    this.messages().destroy()
    if (this.child.pid === undefined || this.child.exitCode !== null) return
    try {
      process.kill(-this.child.pid, 'SIGKILL')
    } catch {
      this.child.kill('SIGKILL')
    }
  }

  private onClose(code: number | null, signal: string | null, done: () => void): void {
    clearInterval(this.watch)
    this.fail(
      deathFailure(this.plugin, { code, signal, printed: this.printed }, this.plugin.permissions.memoryMegabytes),
    )
    done()
  }
}
