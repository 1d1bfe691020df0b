import { resolve } from 'node:path'
import { readSource } from '@graft/nodes'
import { Command } from 'commander'
import { summariseNetwork } from '../../../helper/summarise-network.js'
import { findHome } from '../../../home.js'
import { colorsFor } from '../../../text/colors.js'
import { describeNetwork } from '../../view/describe-network.js'

interface ShowFlags {
  readonly layers?: boolean
  readonly architecture?: string
  readonly json?: boolean
}

/** `graft model`: what is in a network, without a graph. */
export function modelCommand(): Command {
  const model = new Command('model').description('Look into a network: file, folder, address or name')
  model
    .command('show')
    .description('Show stages, layers, shapes, parameters, work, receptive fields, and where it may be cut')
    .argument('<source>', 'file or folder of a model, http(s) address, or a name such as embedded:graftnet-64')
    .option('--layers', 'list every layer, not the stages only')
    .option('--architecture <name>', 'which network bare weights belong to; found by their names when left out')
    .option('--json', 'print everything as JSON')
    .action((source: string, flags: ShowFlags) => show(source, flags))
  return model
}

async function show(source: string, { architecture, json = false, layers = false }: ShowFlags): Promise<void> {
  const { network } = await readSource(source, {
    resolvePath: (path) => resolve(path),
    cacheDirectory: findHome().derived,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...(architecture !== undefined && { architecture }),
  })
  const summary = summariseNetwork(network)
  const lines = json
    ? [JSON.stringify(summary, null, 2)]
    : describeNetwork(summary, colorsFor(process.stdout), { layers })
  process.stdout.write(`${lines.join('\n')}\n`)
}
