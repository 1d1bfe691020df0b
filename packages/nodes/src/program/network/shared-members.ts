import type { Layer } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import type { TorchLayer } from './torch-operator.js'
import type { Member, WrittenLayer } from './written-layer.js'

interface Owned {
  readonly written: WrittenLayer
  readonly slot: string
}

/** Which layer has made the module or parameter that another one uses too. */
export class SharedMembers {
  /** By the parameter's name in the network. */
  readonly #owners = new Map<string, Owned>()

  add(written: WrittenLayer): void {
    for (const [slot, key] of Object.entries(written.layer.parameters))
      if (!this.#owners.has(key)) this.#owners.set(key, { written, slot })
  }

  /**
   * The module of a layer before that has all of the same parameters; undefined where none has any of them. Throws
   * NodeError where the two share something and are otherwise different layers.
   */
  moduleOf(layer: Layer, torch: TorchLayer): Member | undefined {
    if (torch.module === undefined) return undefined
    const held = Object.entries(layer.parameters).filter(([slot]) => torch.names?.[slot] !== undefined)
    if (new Set(held.map(([, key]) => key)).size < held.length) throw usedTwice(layer)
    const [first] = held.flatMap(([, key]) => this.#owners.get(key) ?? [])
    if (first === undefined) return undefined
    const { written } = first
    const isSame =
      written.torch.module === torch.module &&
      held.every(
        ([slot, key]) => written.layer.parameters[slot] === key && written.torch.names?.[slot] !== undefined,
      ) &&
      held.length === Object.keys(written.layer.parameters).filter((slot) => torch.names?.[slot] !== undefined).length
    if (!isSame) throw onlyInPart(written.layer, layer)
    return written.module
  }

  /** A parameter that no module of the layer holds, where a layer before has it. Throws NodeError where that lays it out otherwise. */
  parameterOf(layer: Layer, torch: TorchLayer, slot: string): Member | undefined {
    const owner = this.#owners.get(layer.parameters[slot] ?? '')
    if (owner === undefined) return undefined
    const { written, slot: other } = owner
    if (layoutOf(written.torch, other) !== layoutOf(torch, slot)) throw onlyInPart(written.layer, layer)
    const { loose, module } = written
    return loose[other] ?? { ...module, name: `${module.name}.${written.torch.names?.[other]}` }
  }
}

function layoutOf({ transposed, flat }: TorchLayer, slot: string): string {
  if (transposed?.includes(slot)) return 'transposed'
  return flat?.includes(slot) ? 'flat' : 'same'
}

const usedTwice = ({ name, operator }: Layer): NodeError =>
  new NodeError(
    'model',
    `The layer ${name} (${operator}) has one parameter in two roles, for which no module of PyTorch has a place.`,
    'Export the trained network as ONNX.',
  )

const onlyInPart = (one: Layer, other: Layer): NodeError =>
  new NodeError(
    'model',
    `The layers ${one.name} (${one.operator}) and ${other.name} (${other.operator}) share a parameter and are otherwise different, so they can't be one module of a program.`,
    'Export the trained network as ONNX.',
  )
