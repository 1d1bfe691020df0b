import type { Network, Parameter } from '../network.js'

/** Makes every parameter come from the tensor of its own name in a stored safetensors blob (see `storableTensors`). */
export function withWeights(network: Network, blobSha: string): Network {
  const parameters = Object.entries(network.parameters).map(([name, parameter]): [string, Parameter] => [
    name,
    { ...parameter, source: { kind: 'blob', blob: blobSha, tensor: name } },
  ])
  return { ...network, parameters: Object.fromEntries(parameters) }
}
