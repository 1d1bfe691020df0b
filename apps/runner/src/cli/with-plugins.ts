import type { Problem } from '@graft/graph-schema'
import { loadPlugins } from '../plugins/load-plugins.js'
import { colorsFor } from '../text/colors.js'
import { formatProblem } from './format-problem.js'
import type { Surroundings } from './surroundings.js'

/**
 * The surroundings with the node types of the approved plugins. Plugins that can't be used are named on standard error;
 * the others can.
 */
export async function withPlugins<Around extends Pick<Surroundings, 'library'>>(
  around: Around,
  tell: (problem: Problem) => void = warn,
): Promise<Around> {
  const { definitions, problems } = await loadPlugins({ library: around.library })
  for (const problem of problems) tell(problem)
  return { ...around, library: [...around.library, ...definitions] }
}

function warn(problem: Problem): void {
  process.stderr.write(`${formatProblem(problem, colorsFor(process.stderr))}\n`)
}
