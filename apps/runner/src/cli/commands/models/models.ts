import { Command } from 'commander'
import { importModel, list, remove } from './keep.js'
import { pin } from './pin.js'
import { pull } from './pull.js'
import { info, search } from './search.js'
import type { Surroundings } from '../../surroundings.js'

/** `graft models`: the networks that can be had by name, and those that are here. */
export function modelsCommand(around: Surroundings): Command {
  const models = new Command('models').description('Find, fetch and keep pre-trained networks')
  const json = ['--json', 'print it as JSON'] as const
  models
    .command('search')
    .description('List the networks of the catalogue, or those that match')
    .argument('[words...]', 'such as: mobilenet, or resnet apache')
    .option(...json)
    .action(search)
  models
    .command('info')
    .description('Say all that is known of a network of the catalogue')
    .argument('<name>', 'such as torchvision:resnet50')
    .option(...json)
    .action(info)
  models
    .command('pull')
    .description('Fetch a network, so that it is here without a connection')
    .argument('<name>', 'of the catalogue, of any repository of the Hugging Face hub, or an address')
    .option('--no-cache', 'ask whether what is here is still what the hub has')
    .option(...json)
    .action(pull)
  models
    .command('pin')
    .description('Write the checksums of the networks that a graph loads by name or address into the graph')
    .argument('<graph>', 'path of a *.graft.json file')
    .option('--replace', 'also where another checksum is pinned')
    .option(...json)
    .action((graph: string, flags: { readonly replace?: boolean; readonly json?: boolean }) =>
      pin(graph, flags, around),
    )
  models
    .command('list')
    .description('List the networks that are here')
    .option(...json)
    .action(list)
  models
    .command('rm')
    .description('Remove a network that is here')
    .argument('<name>', 'as `graft models list` shows it')
    .action(remove)
  models
    .command('import')
    .description('Keep a copy of your own model where command line and editor find it')
    .argument('<path>', 'file or folder of a model')
    .option('--name <name>', "what to call it; the file's own name when left out")
    .option('--replace', 'replace one of this name')
    .option(...json)
    .action(importModel)
  return models
}
