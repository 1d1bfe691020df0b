import type { DeviceChoice, EngineChoice } from '@graft/engines'
import type { GraphDocument, Problem, RunEventBody } from '@graft/graph-schema'
import type { TorchOptions } from '@graft/nodes'
import { z } from 'zod'
import type { ServerAddress } from '../remote/server-client.js'

/** All a run needs to know, as plain data: what the parent sends to the process that executes. */
export interface RunRequest {
  readonly runId: string
  readonly document: GraphDocument
  /** What the graph is called in the history: its absolute path, or a template's name. */
  readonly graph: string
  /** Folder that relative paths in the graph start from. */
  readonly base: string
  /** Folders the graph may read; absent: anywhere. */
  readonly roots?: readonly string[]
  readonly engine: EngineChoice
  /** What the engine computes on; absent: `auto`. */
  readonly device?: DeviceChoice
  /** Processes of the torch engine that train together, here and on other machines; absent: one. */
  readonly together?: Partial<TorchOptions>
  readonly to?: readonly string[]
  readonly ignoreCache: boolean
  /** Of results from before only those that the run itself has made: it was begun with `ignoreCache`, and goes on. */
  readonly ownResults?: true
  readonly debug: boolean
  /** Name of the engine that the run was with so far; its checkpoints are of no use to another one. */
  readonly prefers?: string
  /** What a checkpoint that was given to the run is told by (`givenIdentity`), where that lies with a server. */
  readonly given?: string
  /** The server that the run belongs to, where this is another machine. */
  readonly remote?: RemoteRun
}

/** Whether a run trains together with the same run on other machines. */
export const meets = (together: RunRequest['together']): boolean => (together?.nodes ?? 1) > 1

/** How a run reaches the server that it was leased from. */
export interface RemoteRun extends ServerAddress {
  readonly lease: string
  /** See RemoteFilesOptions. */
  readonly mounted: readonly string[]
  readonly limitBytes: number
}

/** Parent to child. The request is our own, so only its envelope is checked. */
export const toChild = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    request: z.custom<RunRequest>((value) => typeof value === 'object' && value !== null),
  }),
  z.object({ type: z.literal('cancel') }),
])
export type ToChild = z.output<typeof toChild>

/** Child to parent. */
export const toParent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('event'),
    event: z.custom<RunEventBody>((value) => typeof value === 'object' && value !== null),
  }),
  z.object({
    type: z.literal('refused'),
    problems: z.array(z.custom<Problem>((value) => typeof value === 'object' && value !== null)).readonly(),
  }),
])
export type ToParent = z.output<typeof toParent>
