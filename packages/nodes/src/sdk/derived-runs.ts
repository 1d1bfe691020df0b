import type { GraphDocument, NodeManifest, RunEventBody } from '@graft/graph-schema'

/** What came of a graph that a node had run. */
export interface DerivedResult {
  /** By node and port, of the nodes that were asked for. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** What each node took when it was run: in this run or, where its result was reused, in the one that it came from. */
  readonly milliseconds: Readonly<Record<string, number>>
  /** Nodes that were run now; all others were reused. */
  readonly ran: readonly string[]
}

/** What else may be said of one run of a derived graph. */
export interface DerivedAround {
  /** Stops it; what it had finished is kept. */
  readonly signal?: AbortSignal
  /** Hears of its nodes' progress. */
  readonly onEvent?: (event: RunEventBody) => void
}

/**
 * Graphs derived from the one that a node stands in, run by the same executor: with the same cache, engines and
 * checkpoints, so that what they share is done once and a resumed run repeats nothing that was finished.
 */
export interface DerivedRuns {
  /** The graph that the node stands in. */
  readonly document: GraphDocument
  /** All node types. */
  readonly manifests: readonly NodeManifest[]
  /**
   * Runs what the nodes `to` of a derived graph need. Throws NodeError when one of them fails or the graph can't be run,
   * and the reason of `signal` when that stopped it.
   */
  run(document: GraphDocument, to: readonly string[], around?: DerivedAround): Promise<DerivedResult>
}
