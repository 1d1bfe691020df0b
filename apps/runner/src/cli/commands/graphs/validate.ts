import { Command } from 'commander'
import { checkForRun } from '../../../executor/plan/check-for-run.js'
import { colorsFor } from '../../../text/colors.js'
import { formatProblem } from '../../format-problem.js'
import { loadGraph } from '../../load-graph.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'

/** `graft validate`: every problem of a graph that can be found without running it. */
export function validateCommand(around: Surroundings, exit: (code: number) => void): Command {
  return new Command('validate')
    .description('Check a graph without running it')
    .argument('<graph>', 'path of a *.graft.json file, or name of a template')
    .option('--json', 'print the problems as a JSON list')
    .action(async (given: string, { json }: { readonly json?: boolean }) => {
      const { document } = await loadGraph(given, around)
      const { library } = await withPlugins(around)
      const problems = checkForRun(document, library)
      const errors = problems.filter((problem) => problem.severity === 'error').length
      const colors = colorsFor(process.stdout)
      if (json) process.stdout.write(`${JSON.stringify(problems, null, 2)}\n`)
      else {
        for (const problem of problems) process.stdout.write(`${formatProblem(problem, colors)}\n`)
        const nodes = Object.entries(document.nodes)
          .map(([id, node]) => `${id} (${node.type})`)
          .join(', ')
        process.stdout.write(
          errors > 0
            ? `${errors} ${errors === 1 ? 'error' : 'errors'}: the graph can't be run.\n`
            : `${colors.green('The graph can be run.')} Its nodes are ${nodes || 'none'}.\n`,
        )
      }
      exit(errors > 0 ? 2 : 0)
    })
}
