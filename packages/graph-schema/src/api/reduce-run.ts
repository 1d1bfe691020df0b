import type { RunEvent } from '../events.js'
import type { Problem } from '../problem.js'
import { metricOfThen } from '../values/older.js'
import { addToCurves } from './curves.js'
import { endOfRun } from './end-of-run.js'
import { betterHeadline } from './headline.js'
import type { NodeRunState, RunState } from './run-state.js'

const keptLogs = 200
const keptPreviews = 50
type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/**
 * What a run looks like after one more event. Pure: the given state stays as it is, and parts that the event doesn't
 * touch are shared. An event that the state has already seen changes nothing, so a stream may be replayed from anywhere
 * at or before `state.next`.
 */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  if (event.sequence < state.next) return state
  return { ...apply(state, event), next: event.sequence + 1 }
}

function apply(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run-queued':
      return {
        ...settle(state, 'idle'),
        status: 'queued',
        startedAt: null,
        finishedAt: null,
        milliseconds: null,
        problem: null,
      }
    case 'run-started':
      return started(state, event)
    case 'engine-chosen':
      return { ...state, engine: event.engine }
    case 'node-queued':
      return withNode(state, event.node, (node) => ({ ...node, status: 'queued' }))
    case 'node-started':
      return withNode(state, event.node, (node) => ({
        ...without(node, ['problem', 'progress']),
        status: 'running',
        ...(event.reason === undefined ? {} : { reason: event.reason }),
      }))
    case 'node-cached':
      return finishedNode(state, event, { status: 'cached', reason: event.reason })
    case 'node-finished':
      return finishedNode(state, event, { status: 'done', milliseconds: event.milliseconds })
    case 'node-progress':
      return withNode(state, event.node, (node) => ({
        ...node,
        progress: {
          done: event.done,
          total: event.total,
          unit: event.unit,
          etaSeconds: event.etaSeconds,
          ...(event.imagesPerUnit !== undefined && { imagesPerUnit: event.imagesPerUnit }),
        },
      }))
    case 'metric':
      return withNode(state, event.node, (node) => withMetric(node, event))
    case 'preview':
      return withNode(state, event.node, (node) => withPreview(node, event))
    case 'interim':
      return withNode(state, event.node, (node) => ({ ...node, interim: event.detail }))
    case 'log':
      return { ...state, logs: [...state.logs, logOf(event)].slice(-keptLogs) }
    case 'node-failed':
      return {
        ...withNode(state, event.node, (node) => ({
          ...without(node, ['progress']),
          status: 'failed',
          problem: event.problem,
        })),
        problem: state.problem ?? event.problem,
      }
    case 'run-interrupted':
      return {
        ...settle(state, 'idle'),
        status: 'interrupted',
        finishedAt: endOfRun(state.startedAt, event),
        problem: interruption(event.message),
      }
    case 'run-finished':
      return finished(state, event)
  }
}

/** A resumed run starts again: what its nodes have shown so far stays, until they show it again. */
function started(state: RunState, event: Of<'run-started'>): RunState {
  const nodes = Object.fromEntries(
    event.nodes.map((id) => [
      id,
      {
        ...without(nodeOf(state, id), ['problem', 'progress', 'outputs', 'milliseconds', 'reason']),
        status: 'idle' as const,
      },
    ]),
  )
  return {
    ...state,
    status: 'running',
    graph: event.graph,
    engine: event.engine,
    startedAt: event.time,
    finishedAt: null,
    milliseconds: null,
    nodes,
    targets: [],
    problem: null,
  }
}

function finished(state: RunState, event: Of<'run-finished'>): RunState {
  const settled = settle(state, event.status === 'failed' ? 'skipped' : 'idle')
  const last = state.logs.at(-1)
  const problem =
    event.status === 'failed' && state.problem === null && last?.level === 'warning'
      ? refusal(last.message)
      : state.problem
  return {
    ...settled,
    problem,
    status: event.status,
    finishedAt: endOfRun(state.startedAt, event),
    milliseconds: event.milliseconds,
    targets: Object.keys(event.outputs),
  }
}

/** Nothing runs or waits any more. */
function settle(state: RunState, status: 'idle' | 'skipped'): RunState {
  const nodes = Object.entries(state.nodes).map(([id, node]) => [
    id,
    node.status === 'queued' || node.status === 'running' ? { ...without(node, ['progress']), status } : node,
  ])
  return { ...state, nodes: Object.fromEntries(nodes) as RunState['nodes'] }
}

function finishedNode(
  state: RunState,
  event: Of<'node-cached' | 'node-finished'>,
  change: Partial<NodeRunState>,
): RunState {
  const headline = betterHeadline(state.headline, event.outputs)
  return {
    ...withNode(state, event.node, (node) => ({
      ...without(node, ['progress', 'problem', 'interim']),
      ...change,
      outputs: event.outputs,
    })),
    headline,
  }
}

function withMetric(
  node: NodeRunState,
  { name, split, phase, epoch, step, value, x, metric = metricOfThen(name) }: Of<'metric'>,
): NodeRunState {
  const point = {
    name,
    split,
    phase,
    epoch,
    step,
    value,
    ...(x !== undefined && { x }),
    ...(metric !== undefined && { metric }),
  }
  return { ...node, metrics: { ...node.metrics, [`${split}/${name}`]: point }, curves: addToCurves(node.curves, point) }
}

/** The same image again, as after a resume, takes the place of the one before. */
function withPreview(node: NodeRunState, { title, blob }: Of<'preview'>): NodeRunState {
  const others = node.previews.filter((preview) => preview.title !== title || preview.blob.sha256 !== blob.sha256)
  return { ...node, previews: [...others, { title, blob }].slice(-keptPreviews) }
}

function logOf({ sequence, time, node, level, message }: Of<'log'>): RunState['logs'][number] {
  return { sequence, time, ...(node === undefined ? {} : { node }), level, message }
}

function interruption(message: string): Problem {
  return {
    code: 'run-interrupted',
    severity: 'error',
    message,
    fix: 'Resume the run: finished nodes are reused, and training goes on from its last checkpoint.',
  }
}

/** Nothing could be started: the reason was told last. */
function refusal(message: string): Problem {
  return { code: 'run-failed', severity: 'error', message, fix: 'Correct the graph or the machine, then run again.' }
}

const freshNode: NodeRunState = { status: 'idle', metrics: {}, curves: [], previews: [] }

function nodeOf(state: RunState, id: string): NodeRunState {
  return Object.hasOwn(state.nodes, id) ? (state.nodes[id] ?? freshNode) : freshNode
}

function withNode(state: RunState, id: string, change: (node: NodeRunState) => NodeRunState): RunState {
  return { ...state, nodes: { ...state.nodes, [id]: change(nodeOf(state, id)) } }
}

function without<Key extends keyof NodeRunState>(node: NodeRunState, keys: readonly Key[]): Omit<NodeRunState, Key> {
  return Object.fromEntries(Object.entries(node).filter(([key]) => !keys.includes(key as Key))) as Omit<
    NodeRunState,
    Key
  >
}
