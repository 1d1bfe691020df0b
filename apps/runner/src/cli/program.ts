import { isGraftError, textOf } from '@graft/errors'
import { NodeError } from '@graft/nodes'
import { Command, CommanderError } from 'commander'
import { RunRefused } from '../executor/run-options.js'
import { limitBehind } from '../executor/process-limits.js'
import { PluginError } from '../plugins/plugin-error.js'
import { CliError } from './cli-error.js'
import { colorsFor } from '../text/colors.js'
import { adviseCommand } from './commands/graphs/advise.js'
import { convertCommand } from './commands/models/convert.js'
import { doctorCommand } from './commands/service/doctor.js'
import { exportProgramCommand } from './commands/graphs/export-program.js'
import { modelCommand } from './commands/models/model.js'
import { modelsCommand } from './commands/models/models.js'
import { nodesCommand } from './commands/graphs/nodes.js'
import { pluginCommand } from './commands/service/plugin.js'
import { repeatCommand } from './commands/graphs/repeat.js'
import { runCommand } from './commands/graphs/run.js'
import { serviceCommands } from './commands/service/service-commands.js'
import { templatesCommand } from './commands/graphs/templates.js'
import { searchCommand } from './commands/graphs/search.js'
import { validateCommand } from './commands/graphs/validate.js'
import { formatProblem } from './format-problem.js'
import type { Surroundings } from './surroundings.js'
import { version } from '../version.js'

/**
 * The command line. Gives the exit code: 0 done, 1 the run failed, 2 the document or the call is wrong, 130 cancelled.
 */
export async function runProgram(words: readonly string[], around: Surroundings): Promise<number> {
  let code = 0
  const exit = (chosen: number): void => {
    code = chosen
  }
  const program = new Command('graft')
    .description('Transfer learning of image classifiers, from a graph.')
    .version(version)
  for (const command of [
    runCommand(around, exit),
    adviseCommand(around, exit),
    repeatCommand(around, exit),
    searchCommand(around, exit),
    validateCommand(around, exit),
    nodesCommand(around),
    templatesCommand(around),
    modelCommand(),
    convertCommand(),
    exportProgramCommand(around),
    modelsCommand(around),
    doctorCommand(exit),
    pluginCommand(around, exit),
    ...serviceCommands(around, exit),
  ])
    program.addCommand(command)
  for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)])
    command.exitOverride().showHelpAfterError(hintAfterError(command))
  try {
    await program.parseAsync(words, { from: 'user' })
    return code
  } catch (error) {
    return report(error, words.includes('--debug'))
  }
}

/** Where a command that was called wrongly is explained. */
function hintAfterError(command: Command): string {
  const names = [command.name()]
  for (let above = command.parent; above !== null; above = above.parent) names.unshift(above.name())
  const other =
    names.join(' ') === 'graft model' ? '; `graft model show FILE` looks into a network, `graft models` finds them' : ''
  return `(\`${names.join(' ')} --help\` says more${other})`
}

function report(error: unknown, debug: boolean): number {
  const colors = colorsFor(process.stderr)
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof CliError || error instanceof RunRefused) {
    for (const problem of error.problems) process.stderr.write(`${formatProblem(problem, colors)}\n`)
    return error instanceof CliError ? error.exitCode : 2
  }
  if (isGraftError(error) && error.code !== 'internal') {
    const { code, message, fix } = error
    process.stderr.write(`${formatProblem({ code, severity: 'error', message, fix }, colors)}\n`)
    return error instanceof PluginError || error instanceof NodeError ? 2 : 1
  }
  const message = textOf(error)
  const details = debug && error instanceof Error ? `\n${error.stack ?? ''}` : ''
  const fix =
    limitBehind(`${message} ${(error as { readonly code?: string } | null)?.code ?? ''}`) ??
    'Check that the disk is not full and that its folders may be written (`graft doctor` names them); with --debug there are more details.'
  process.stderr.write(
    `${formatProblem({ code: 'internal', severity: 'error', message: `${message}${details}`, fix }, colors)}\n`,
  )
  return 1
}
