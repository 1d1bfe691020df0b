import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { GraphDocument, RunEventBody } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes'
import { cacheKey } from '../cache/cache-key.js'
import type { Ingredients } from '../cache/cache-key.js'
import { explain } from '../cache/explain.js'
import type { History } from '../cache/history.js'
import type { CachedResult } from '../cache/result-cache.js'
import type { Computing, PendingNode } from './computing.js'
import { fingerprintOf, gatherIngredients } from './gather-ingredients.js'
import { problemOf } from './node-problem.js'
import { nextNode } from './next-node.js'
import type { Plan, PlannedNode } from './plan/plan-run.js'
import type { RunOptions } from './run-options.js'
import { withWired } from './plan/wired-params.js'
import { readValue } from './read-value.js'
import { runNode } from './run-node.js'
import type { Derive } from './run-node.js'

type Outputs = Readonly<Record<string, unknown>>

/**
 * One run of a plan. Nodes run one at a time: every one of them uses all cores, and two trainings at once would only
 * fight over memory.
 */
export class Run {
  private readonly outputs = new Map<string, Outputs>()
  private readonly keys = new Map<string, string>()
  private readonly ingredients = new Map<string, Ingredients>()
  private readonly failed = new Set<string>()
  private readonly took = new Map<string, number>()
  private before: History = {}
  private after: Record<string, History[string]> = {}

  constructor(
    private readonly document: GraphDocument,
    private readonly plan: Plan,
    private options: RunOptions,
    private readonly signal: AbortSignal,
    private readonly emit: (event: RunEventBody) => void,
    /** Runs graphs that nodes derive from this one. */
    private readonly derive: Derive,
  ) {}

  /** What each node took when it was run, now or before. */
  get milliseconds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.took)
  }

  async execute(): Promise<void> {
    const started = performance.now()
    this.emit({
      type: 'run-started',
      graph: this.document.name,
      nodes: this.plan.nodes.map((node) => node.id),
      engine: this.options.computing.name,
      ...deviceOf(this.options.computing),
    })
    for (const message of this.options.notes ?? []) this.emit({ type: 'log', level: 'info', message })
    for (const message of this.options.warnings ?? []) this.emit({ type: 'log', level: 'warning', message })
    for (const { node, message, fix } of this.plan.warnings)
      this.emit({
        type: 'log',
        ...(node === undefined ? {} : { node }),
        level: 'warning',
        message: `${message} ${fix}`.trim(),
      })
    for (const node of this.plan.nodes) this.emit({ type: 'node-queued', node: node.id })
    this.before = (await this.options.history?.read()) ?? {}
    this.after = { ...this.before }
    const left = [...this.plan.nodes]
    for (let node = this.next(left); node && !this.signal.aborted; node = this.next(left)) {
      left.splice(left.indexOf(node), 1)
      await this.visit(node)
    }
    await this.options.history?.write(this.after)
    this.emit({
      type: 'run-finished',
      status: this.status(),
      outputs: this.results(),
      milliseconds: Math.round(performance.now() - started),
    })
  }

  private next(left: readonly PlannedNode[]): PlannedNode | undefined {
    return nextNode(left, { isReady: (node) => this.isReady(node), inputsOf: (node) => this.inputsOf(node) })
  }

  private isReady({ inputs }: PlannedNode): boolean {
    return Object.values(inputs)
      .flat()
      .every((edge) => this.outputs.has(edge.node))
  }

  private status(): 'succeeded' | 'failed' | 'cancelled' {
    const complete = this.outputs.size === this.plan.nodes.length
    if (this.signal.aborted && !complete) return 'cancelled'
    return complete ? 'succeeded' : 'failed'
  }

  private results(): Record<string, Outputs> {
    return Object.fromEntries(
      this.plan.targets.flatMap((id) => (this.outputs.has(id) ? [[id, this.outputs.get(id) as Outputs]] : [])),
    )
  }

  private async visit(node: PlannedNode): Promise<void> {
    const cause = Object.values(node.inputs)
      .flat()
      .find((edge) => this.failed.has(edge.node))
    if (cause !== undefined) {
      this.failed.add(node.id)
      this.emit({
        type: 'log',
        node: node.id,
        level: 'warning',
        message: `${node.title} was not run because it needs "${cause.node}", which gave no result.`,
      })
      return
    }
    try {
      await this.reuseOrRun(node)
    } catch (error) {
      // Whatever a node throws once it was told to stop is not a failure.
      if (this.signal.aborted) return
      this.failed.add(node.id)
      this.emit({
        type: 'node-failed',
        node: node.id,
        problem: problemOf(error, node.id, node.title, this.options.debug ?? false),
      })
    }
  }

  private async reuseOrRun(planned: PlannedNode): Promise<void> {
    const node = this.fed(planned)
    if (node.definition.usesEngine) await this.settle(node)
    const ingredients = await gatherIngredients(node, this.keys, this.document, this.options, {
      signal: this.signal,
      emit: (event) => this.emit({ ...event, node: node.id }),
    })
    const key = cacheKey(ingredients)
    this.keys.set(node.id, key)
    this.ingredients.set(node.id, ingredients)
    const lookup = await this.options.cache.lookup(key, this.options.store)
    if (lookup.found === null) {
      await this.runAndSave(node, key, explain(node.id, key, lookup.cause, this.ingredients, this.before))
    } else {
      this.reuse(node, lookup.found, explain(node.id, key, 'reused', this.ingredients, this.before))
    }
    this.after[node.id] = { key, ingredients }
    // Written after every node that ran, so that even a run that is killed leaves its explanations behind.
    if (lookup.found === null) await this.options.history?.write(this.after)
  }

  /** The node with the numbers that wires feed to its parameters. Throws NodeError for one that doesn't fit. */
  private fed(node: PlannedNode): PlannedNode {
    if (node.wired.length === 0) return node
    const values = node.wired.map((name) => {
      const edge = node.inputs[name]?.[0]
      return [name, edge === undefined ? undefined : this.outputs.get(edge.node)?.[edge.port]]
    })
    return { ...node, params: withWired(node, node.params, Object.fromEntries(values)) }
  }

  /** Has it decided what the node and all after it compute with, where that is open. */
  private async settle(node: PlannedNode): Promise<void> {
    const settled = await this.options.computing.settle?.({
      inputs: this.inputsOf(node),
      pending: () => this.pending(),
      onProgress: (message) => this.emit({ type: 'log', level: 'info', message }),
    })
    if (!settled) return
    const { computing, notes, warnings, reason } = settled
    this.options = { ...this.options, computing }
    for (const message of notes) this.emit({ type: 'log', level: 'info', message })
    for (const message of warnings) this.emit({ type: 'log', level: 'warning', message })
    this.emit({
      type: 'engine-chosen',
      engine: computing.name,
      ...deviceOf(computing),
      ...(reason === null ? {} : { reason }),
    })
  }

  /** The nodes that compute and are still to come. */
  private pending(): PendingNode[] {
    return this.plan.nodes
      .filter(({ id, definition }) => definition.usesEngine && !this.outputs.has(id) && !this.failed.has(id))
      .map((node) => ({
        definition: node.definition,
        params: node.params,
        inputs: this.inputsOf(node),
        isReady: this.isReady(node),
      }))
  }

  private reuse(node: PlannedNode, found: CachedResult, reason: string): void {
    this.outputs.set(node.id, found.outputs)
    this.took.set(node.id, found.milliseconds)
    this.emit({ type: 'node-cached', node: node.id, reason, outputs: found.outputs, blobs: found.blobs })
    for (const notice of found.notices) this.emit({ ...notice, node: node.id })
  }

  private async runAndSave(node: PlannedNode, key: string, reason: string): Promise<void> {
    this.emit({ type: 'node-started', node: node.id, reason })
    // Lets the event out first: a node may block the thread for long, or take the process down.
    await setImmediate()
    const started = performance.now()
    const inputs = this.inputsOf(node)
    const checkpoints = this.options.checkpoints?.ofNode(key, node.id, (message) =>
      this.emit({ type: 'log', node: node.id, level: 'warning', message }),
    )
    const result = await runNode(node, inputs, {
      document: this.document,
      options: this.options,
      signal: this.signal,
      ...(checkpoints ? { checkpoints } : {}),
      emit: (body) => this.emit(body),
      derive: this.derive,
    })
    const milliseconds = Math.round(performance.now() - started)
    await this.refuseChanged(node)
    this.outputs.set(node.id, result.outputs)
    this.took.set(node.id, milliseconds)
    await this.options.cache.save({
      key,
      type: node.definition.type,
      ...result,
      milliseconds,
      time: new Date().toISOString(),
    })
    await this.options.checkpoints?.forget(key)
    this.emit({ type: 'node-finished', node: node.id, outputs: result.outputs, milliseconds, blobs: result.blobs })
  }

  /**
   * What was read while it changed belongs to no name: kept under that of the files as they were, it would be taken for
   * theirs once somebody puts them back.
   */
  private async refuseChanged(node: PlannedNode): Promise<void> {
    const before = this.ingredients.get(node.id)?.fingerprint
    if (before === undefined) return
    const now = await fingerprintOf(node, this.options, { signal: this.signal })
    if (now === before) return
    throw new NodeError(
      null,
      `The files that ${node.title} reads were changed while it read them.`,
      'Wait until nothing changes them any more, then run again. Results of other nodes are kept.',
    )
  }

  /** Values by port: an array where the port takes several edges. */
  private inputsOf(node: PlannedNode): Record<string, unknown> {
    const inputs: Record<string, unknown> = {}
    for (const [port, { kind, multiple }] of Object.entries(node.definition.inputs)) {
      const values = (node.inputs[port] ?? []).map((edge) => readValue(kind, this.outputs.get(edge.node)?.[edge.port]))
      inputs[port] = multiple ? values : values[0]
    }
    return inputs
  }
}

const deviceOf = ({ device }: Pick<Computing, 'device'>): { readonly device?: string } =>
  device === undefined ? {} : { device }
