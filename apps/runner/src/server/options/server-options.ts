import { GraftError } from '@graft/errors'
import type { NodeDefinition, Template } from '@graft/nodes'
import type { CacheLimits } from '../../cache/limits.js'
import type { Home } from '../../home.js'
import type { RunPlace } from '../../runs/machines/machines.js'
import type { OwnFolder } from './own-folders.js'

export interface ServerOptions {
  readonly home: Home
  /** The built-in node types; those of the approved plugins of `home` come to them. */
  readonly library: readonly NodeDefinition[]
  readonly templates: readonly Template[]
  readTemplate(id: string): unknown
  /** Programs of the processes that execute runs and answer questions; they must know the same library. */
  readonly runProgram: URL
  readonly helperProgram: URL
  /** Default 127.0.0.1. Anything else but loopback asks for a token. */
  readonly host?: string
  /** Default 4747; 0: any free one. */
  readonly port?: number
  /** At least 32 characters; every request has to show it. */
  readonly token?: string
  /** Names, beyond localhost and IP addresses, that the server may be called by. */
  readonly allowedHosts?: readonly string[]
  /** Origins of pages, beyond its own, that may call it (`http://localhost:5173` while the editor is developed). */
  readonly allowedOrigins?: readonly string[]
  /** Folders that graphs may read. The home's folder for uploads comes to them. */
  readonly dataRoots?: readonly string[]
  /** Folders of the person who started it, to be read as well; only where nobody else can reach the server. */
  readonly ownFolders?: readonly OwnFolder[]
  /** Runs at once; default 1. */
  readonly parallel?: number
  /** Where runs go when workers are connected; default `auto`. */
  readonly runsOn?: RunPlace
  /** How long a worker may be silent before its run goes to another one; default 30. */
  readonly leaseSeconds?: number
  /** What to do at the start with runs whose runner was killed: default `mark` them as interrupted. */
  readonly onRestart?: 'mark' | 'resume'
  /** Folder of the built editor. */
  readonly editor?: string
  readonly limits?: Partial<ServerLimits>
  /** What may be kept, here and in every process that works for the server; default: what the environment says. */
  readonly cacheLimits?: Partial<CacheLimits>
  /** Receives every line of the log, as JSON. */
  readonly log?: (line: string) => void
}

export interface ServerLimits {
  /**
   * Per second and address: all requests, and those that cost (runs, inspections, uploads, predictions). Bursts of four
   * times as much.
   */
  readonly requestsPerSecond: number
  readonly expensivePerSecond: number
  /** Bytes of a JSON body, an image, an upload, and what an upload may unpack to. */
  readonly jsonBytes: number
  readonly imageBytes: number
  readonly uploadBytes: number
  readonly unpackedBytes: number
  readonly uploadFiles: number
  /** Bytes of an artifact or a checkpoint that a worker sends. */
  readonly artifactBytes: number
  readonly sockets: number
  /** See ConnectionLimits. */
  readonly connections: number
  readonly silentMilliseconds: number
  readonly stalledMilliseconds: number
  readonly subscriptions: number
  /** Bytes waiting for a slow viewer; above, events are left in the database until it has caught up. */
  readonly socketBytes: number
  readonly queuedRuns: number
  /** How long looking at a node may take: every image of a large folder is decoded the first time. */
  readonly inspectMilliseconds: number
  /** Milliseconds between heartbeats. */
  readonly heartbeat: number
}

export const defaultLimits: ServerLimits = {
  requestsPerSecond: 200,
  expensivePerSecond: 20,
  jsonBytes: 20_000_000,
  imageBytes: 50_000_000,
  uploadBytes: 4_000_000_000,
  unpackedBytes: 8_000_000_000,
  uploadFiles: 200_000,
  artifactBytes: 8_000_000_000,
  sockets: 1000,
  connections: 1500,
  silentMilliseconds: 10_000,
  stalledMilliseconds: 60_000,
  subscriptions: 64,
  socketBytes: 256_000,
  queuedRuns: 1000,
  inspectMilliseconds: 300_000,
  heartbeat: 15_000,
}

/** The call that started the server is wrong; the message says how to correct it. */
export class ServerError extends GraftError {
  override readonly name = 'ServerError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'serve', message, fix }, options)
  }
}
