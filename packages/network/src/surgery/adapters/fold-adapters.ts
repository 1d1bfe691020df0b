import type { Layer, Network, Parameter, Tensors } from '../../network.js'
import { findLayer, finishEdit, usedParameters } from '../edit.js'
import type { Folded } from './adapter.js'
import { adapters } from './index.js'

/**
 * Puts what adapters have learned into the weights beside them, and takes the adapters out: the network has the layers
 * of before again and gives the same values (but for rounding). An adapter whose layer was changed since stays.
 * @returns a new network with its tensors, and how many were folded; what was given is untouched
 */
export function foldAdapters(
  network: Network,
  tensors: Tensors,
): { readonly network: Network; readonly tensors: Tensors; readonly folded: number } {
  let current = { network, tensors }
  let folded = 0
  for (const name of network.layers.map((layer) => layer.name)) {
    const adapter = adapters.find(({ ending }) => name.endsWith(ending))
    const last = findLayer(current.network, name)
    const change = adapter && last ? adapter.fold(current.network, current.tensors, last) : null
    if (change === null) continue
    current = applied(current.network, current.tensors, change, name)
    folded += 1
  }
  if (folded === 0) return { network, tensors, folded }
  const result = finishEdit(current.network, `folded ${folded} adapters into weights`)
  return { network: result, tensors: current.tensors, folded }
}

function applied(
  network: Network,
  tensors: Tensors,
  { removed, changed, value, tensors: values }: Folded,
  last: string,
): { readonly network: Network; readonly tensors: Tensors } {
  const gone = new Set(removed)
  const others = new Map(changed.map((layer) => [layer.name, layer]))
  const replaced = (name: string): string => (name === last && gone.has(last) ? value : name)
  const layers = network.layers
    .filter((layer) => !gone.has(layer.name))
    .map((layer): Layer => {
      const own = others.get(layer.name) ?? layer
      return { ...own, inputs: own.inputs.map(replaced) }
    })
  const stored = [...values].map(([key, { shape }]): [string, Parameter] => [
    key,
    { shape, trainable: network.parameters[key]?.trainable ?? false, source: { kind: 'blob', blob: '', tensor: key } },
  ])
  const parameters = usedParameters(layers, { ...network.parameters, ...Object.fromEntries(stored) })
  return {
    network: {
      ...network,
      layers,
      parameters,
      stages: network.stages.map((stage) => ({ ...stage, layers: stage.layers.filter((name) => !gone.has(name)) })),
      output: replaced(network.output),
    },
    tensors: new Map([...tensors, ...values].filter(([key]) => Object.hasOwn(parameters, key))),
  }
}
