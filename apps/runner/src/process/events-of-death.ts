import type { Problem, RunEventBody } from '@graft/graph-schema'
import { limitBehind } from '../executor/process-limits.js'
import type { RunRequest } from './run-request.js'

/** Code of the problem of a node whose process the system has ended, or which said that memory ran out. */
export const lackOfMemory = 'process-out-of-memory'

export interface Death {
  readonly code: number | null
  readonly signal: string | null
  /** The person had asked for the run to stop. */
  readonly cancelled: boolean
  /** The end of what the process printed. */
  readonly output: string
  /** How long the run went on. */
  readonly milliseconds: number
}

/** The events that a run is owed when its process ended before `run-finished`; none when it said that itself. */
export function eventsOfDeath(request: RunRequest, seen: readonly RunEventBody[], death: Death): RunEventBody[] {
  if (seen.some((event) => event.type === 'run-finished')) return []
  const bodies: RunEventBody[] = []
  if (seen.length === 0)
    bodies.push({ type: 'run-started', graph: request.document.name, nodes: [], engine: request.engine })
  const node = runningNode(seen)
  const problem = problemOfDeath(request, node, death)
  if (!death.cancelled)
    bodies.push(
      node === undefined
        ? { type: 'log', level: 'warning', message: `${problem.message} ${problem.fix}` }
        : { type: 'node-failed', node, problem },
    )
  const { cancelled, milliseconds } = death
  bodies.push({ type: 'run-finished', status: cancelled ? 'cancelled' : 'failed', outputs: {}, milliseconds })
  return bodies
}

/** The node that was started last and has not ended. */
function runningNode(seen: readonly RunEventBody[]): string | undefined {
  const ended = new Set(
    seen.flatMap((event) => (event.type === 'node-finished' || event.type === 'node-failed' ? [event.node] : [])),
  )
  return seen.flatMap((event) => (event.type === 'node-started' && !ended.has(event.node) ? [event.node] : [])).at(-1)
}

function problemOfDeath(request: RunRequest, node: string | undefined, { code, signal, output }: Death): Problem {
  const during = node === undefined ? '' : ` while "${node}" was running`
  const limit = limitBehind(`${signal ?? ''} ${output}`)
  const memory = signal === 'SIGKILL' || /heap out of memory|bad_alloc|Cannot allocate memory/i.test(output)
  const how = signal === null ? `ended with code ${code ?? 'unknown'}` : `was ended by the system (${signal})`
  const lastLine = output
    .trim()
    .split('\n')
    .filter((line) => !/^\s+at |^Node\.js v/.test(line) && line.trim() !== '')
    .at(-1)
  const details = request.debug
    ? `\n${output.trim()}`
    : lastLine
      ? ` Its last words: ${lastLine.trim().slice(0, 300)}`
      : ''
  return {
    code: memory ? lackOfMemory : 'process-died',
    severity: 'error',
    ...(node === undefined ? {} : { node }),
    message: `The process of the run ${how}${during}${memory ? ', most likely because memory ran out' : ''}.${details}`,
    fix:
      limit ??
      (memory
        ? 'Use a smaller batch, smaller images or a smaller network, or end other programs. Finished nodes are kept and will be reused.'
        : 'Run again with --debug for the details; with --engine tfjs (or onnx) to try the other engine. Finished nodes are kept and will be reused.'),
  }
}
