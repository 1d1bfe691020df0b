import { findNetwork, likeName } from '../catalogue/index.js'
import { NodeError } from '../sdk/node-error.js'
import type { Hub } from './hub.js'
import { mirrored } from './mirror.js'

/** TensorFlow.js's own store of layers models: a `model.json` with its weights beside it. */
export const tfjsHub: Hub = {
  prefix: 'tfjs',
  title: 'TensorFlow.js',
  example: 'mobilenet_v1_0.25_224',
  host: 'storage.googleapis.com',
  async resolve(name) {
    const network = findNetwork(`tfjs:${name}`)
    if (network?.address === undefined)
      throw new NodeError(
        'source',
        `There is no network "${name}" of TensorFlow.js in the catalogue.`,
        `${likeName(`tfjs:${name}`)}\`graft models search\` lists them; any other model can be given by the address of its model.json.`,
      )
    const { address, bytes, licence } = network
    return { label: network.name, address: mirrored(address), wanted: () => ({}), bytes, licence, network }
  },
}
