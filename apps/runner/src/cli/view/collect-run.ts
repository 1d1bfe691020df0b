import type { RunEvent } from '@graft/graph-schema'

export interface NodeCourse {
  readonly node: string
  readonly status: 'done' | 'reused' | 'failed' | 'not run'
  readonly milliseconds: number | null
  readonly outputs: Readonly<Record<string, unknown>>
}

/** What is left of a run when it is over: for the table at the end. */
export class RunCourse {
  private readonly nodes = new Map<string, NodeCourse>()
  private finished: Extract<RunEvent, { type: 'run-finished' }> | null = null

  take(event: RunEvent): void {
    if (event.type === 'node-queued')
      this.nodes.set(event.node, { node: event.node, status: 'not run', milliseconds: null, outputs: {} })
    if (event.type === 'node-cached')
      this.nodes.set(event.node, { node: event.node, status: 'reused', milliseconds: null, outputs: event.outputs })
    if (event.type === 'node-finished')
      this.nodes.set(event.node, {
        node: event.node,
        status: 'done',
        milliseconds: event.milliseconds,
        outputs: event.outputs,
      })
    if (event.type === 'node-failed')
      this.nodes.set(event.node, { node: event.node, status: 'failed', milliseconds: null, outputs: {} })
    if (event.type === 'run-finished') this.finished = event
  }

  get courses(): readonly NodeCourse[] {
    return [...this.nodes.values()]
  }

  /** The last event; null while the run goes on. */
  get end(): Extract<RunEvent, { type: 'run-finished' }> | null {
    return this.finished
  }
}
