import type { Problem, RunEventBody } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes'
import { planRun } from './plan/plan-run.js'
import type { Plan } from './plan/plan-run.js'
import { Run } from './run.js'
import type { Derive } from './run-node.js'
import { RunRefused } from './run-options.js'

/**
 * Runs a graph that a node derived as part of the node's own run: nothing of it is written into the history of the
 * graph, everything into the cache. Files were read again before the node came to its turn, where that was asked for.
 */
export const runDerived: Derive = async (document, to, { options, signal, onEvent }) => {
  const { history: _, ...rest } = options
  const plan = planOf(() => planRun(document, options.library, to))
  const ran: string[] = []
  let outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}
  let problem: Problem | null = null
  const take = (event: RunEventBody): void => {
    if (event.type === 'node-started') ran.push(event.node)
    if (event.type === 'node-failed') problem ??= event.problem
    if (event.type === 'run-finished') outputs = event.outputs
    onEvent?.(event)
  }
  const run = new Run(document, plan, { ...rest, ignoreCache: false }, signal, take, runDerived)
  await run.execute()
  signal.throwIfAborted()
  if (problem !== null) throw failure(problem)
  return { outputs, milliseconds: run.milliseconds, ran }
}

function planOf(plan: () => Plan): Plan {
  try {
    return plan()
  } catch (error) {
    if (error instanceof RunRefused && error.problems[0] !== undefined) throw failure(error.problems[0])
    throw error
  }
}

const failure = ({ node, message, fix }: Problem): NodeError =>
  new NodeError(null, node === undefined ? message : `${node}: ${message}`, fix)
