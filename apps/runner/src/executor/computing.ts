import type { NodeContext, NodeDefinition } from '@graft/nodes'

/** What the nodes of a run compute with, as far as running them depends on it. */
export interface Computing {
  /** Given to nodes. */
  readonly engines: NodeContext['engines']
  /** How people are told. */
  readonly name: string
  /** The one device that all work goes to; absent while it is open, and where there are several. */
  readonly device?: string
  /** Part of the cache key of nodes that compute: changes when their results may. */
  identity(): Promise<string>
  /** Absent: it is settled. Else asked before every node that computes, until it gives something. */
  readonly settle?: Settle
}

/** Decides what a node and all that come after it compute with; null leaves that to the next node. */
export type Settle = (question: SettleQuestion) => Promise<Settled | null>

export interface SettleQuestion {
  /** Values that the node gets, by port. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** The nodes that compute and have not run yet, with this one. */
  pending(): readonly PendingNode[]
  /** Told before something takes seconds. */
  onProgress(message: string): void
}

export interface PendingNode {
  readonly definition: NodeDefinition
  readonly params: Readonly<Record<string, unknown>>
  /** Values by port, as far as they are there. */
  readonly inputs: Readonly<Record<string, unknown>>
  /** Whether all of them are. */
  readonly isReady: boolean
}

export interface Settled {
  readonly computing: Omit<Computing, 'settle'>
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
  /** Why these, where there was a choice. */
  readonly reason: string | null
}
