import { precisions, torchOptions, type TorchOptions } from '@graft/nodes'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { fixOf, reasonOf } from '@graft/errors'
import { callError } from './cli-error.js'

export interface TogetherFlags {
  readonly processes?: number
  readonly nodes?: number
  readonly nodeRank?: number
  readonly rendezvous?: string
  readonly precision?: TorchOptions['precision']
}

const whole = (text: string): number => {
  if (!/^\d{1,6}$/.test(text.trim())) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

/** Options of commands that may train in several processes. */
export function withTogetherOptions(command: Command): Command {
  return command
    .option(
      '--processes <count>',
      'processes of this machine that train together (engine torch; one for each GPU)',
      whole,
    )
    .option('--nodes <count>', 'machines that train together; the same command runs on each of them', whole)
    .option('--node-rank <number>', 'which of these machines this is, from 0', whole)
    .option('--rendezvous <host:port>', 'where they meet: the first machine, with a free port')
    .addOption(
      new Option('--precision <name>', 'what the engine torch trains in (default: float32)').choices(precisions),
    )
}

/** What the flags come to; undefined where there are none. Throws CliError for what doesn't fit together. */
export function togetherOf(flags: TogetherFlags, engine: string): Partial<TorchOptions> | undefined {
  const { processes, nodes, nodeRank, rendezvous, precision } = flags
  const given = {
    ...(processes !== undefined && { processes }),
    ...(nodes !== undefined && { nodes }),
    ...(nodeRank !== undefined && { nodeRank }),
    ...(rendezvous !== undefined && { rendezvous }),
    ...(precision !== undefined && { precision }),
  }
  if (Object.keys(given).length === 0) return undefined
  if (engine !== 'torch')
    throw callError(
      'processes-need-torch',
      `Only the engine torch trains in several processes and precisions; asked for was "${engine}".`,
      'Add --engine torch, or leave out --processes, --nodes, --node-rank, --rendezvous and --precision.',
    )
  try {
    torchOptions(given)
  } catch (error) {
    throw callError('processes-invalid', reasonOf(error), fixOf(error, 'See `graft run --help`.'))
  }
  return given
}
