import type { Layer, Network } from '../../network.js'
import { findOperator } from '../../operators/index.js'
import { keepsStatistics } from '../../operators/statistics.js'
import { resolveAttributes } from '../../resolve-attributes.js'

/** A layer that learned something, with the batch normalisation that follows it alone. */
export interface WeightedPart {
  readonly layer: Layer
  readonly normalisation: Layer | null
  /** Of the layer's weight: its outputs are the last axis. */
  readonly outputsLast: boolean
  /** The same for parts that stand at the same place of two networks, whether their normalisations are folded or not. */
  readonly place: string
}

interface Draft {
  layer: Layer
  normalisation: Layer | null
  readonly before: ReadonlySet<Draft>
  readonly kind: string
}

/** The learned parts of a network in order, each with its place among the others; what lies between them doesn't count. */
export function weightedParts(network: Network): readonly WeightedPart[] {
  const drafts = draftsOf(network)
  const after = new Map<Draft, Draft[]>(drafts.map((draft) => [draft, []]))
  for (const draft of drafts) for (const before of draft.before) after.get(before)?.push(draft)
  const forwards = numbered(drafts, ({ before }) => [...before])
  const backwards = numbered([...drafts].reverse(), (draft) => after.get(draft) ?? [])
  return drafts.map((draft) => ({
    layer: draft.layer,
    normalisation: draft.normalisation,
    outputsLast: outputsLast(draft.layer),
    place: `${forwards.get(draft)} ${backwards.get(draft)}`,
  }))
}

function draftsOf(network: Network): readonly Draft[] {
  const uses = new Map<string, number>()
  for (const name of [network.output, ...network.layers.flatMap(({ inputs }) => inputs)])
    uses.set(name, (uses.get(name) ?? 0) + 1)
  const drafts: Draft[] = []
  const made = new Map<string, Draft>()
  /** The parts that a value comes from directly. */
  const sources = new Map<string, ReadonlySet<Draft>>()
  for (const layer of network.layers) {
    const [input = ''] = layer.inputs
    const linear = made.get(input)
    const follows = keepsStatistics(findOperator(layer.operator)) && linear !== undefined && uses.get(input) === 1
    if (follows && linear.normalisation === null && findOperator(linear.layer.operator).linear) {
      linear.normalisation = layer
      sources.set(layer.name, new Set([linear]))
      continue
    }
    const before = new Set(layer.inputs.flatMap((name) => [...(sources.get(name) ?? [])]))
    if (!learns(layer)) {
      sources.set(layer.name, before)
      continue
    }
    const draft: Draft = { layer, normalisation: null, before, kind: kindOf(network, layer) }
    drafts.push(draft)
    made.set(layer.name, draft)
    sources.set(layer.name, new Set([draft]))
  }
  return drafts
}

const learns = (layer: Layer): boolean =>
  Object.keys(layer.parameters).some((slot) => findOperator(layer.operator).parameters[slot]?.role !== 'constant')

const outputsLast = (layer: Layer): boolean =>
  findOperator(layer.operator).linear?.outputsLast(resolveAttributes(layer)) ?? false

/** What a part computes with: kernels and their steps, a matrix as `[outputs, inputs]`, or so many numbers. */
function kindOf({ parameters }: Network, layer: Layer): string {
  const { linear } = findOperator(layer.operator)
  const shape = [...(parameters[layer.parameters['weight'] ?? '']?.shape ?? [])]
  const { strides, group } = resolveAttributes(layer)
  if (linear?.weight === 'kernel') return `kernel ${shape.join()} ${String(strides)} ${String(group)}`
  if (linear?.weight === 'matrix') return `matrix ${(outputsLast(layer) ? shape.reverse() : shape).join()}`
  const counts = Object.entries(layer.parameters).map(([slot, key]) => `${slot} ${parameters[key]?.shape.join()}`)
  return `${layer.operator} ${counts.join()}`
}

/** A short text for a long one, the same in every network (FNV-1a, twice 32 bits). */
function fingerprint(text: string): string {
  let [first, second] = [0x811c9dc5, 0x9747b28c]
  for (let index = 0; index < text.length; index++) {
    first = Math.imul(first ^ text.charCodeAt(index), 0x01000193)
    second = Math.imul(second ^ text.charCodeAt(index), 0x85ebca6b) ^ (first >>> 15)
  }
  return `${(first >>> 0).toString(36)}.${(second >>> 0).toString(36)}`
}

/** A text for each part of its own kind and of all that leads to it; parts come after those they ask for. */
function numbered(
  drafts: readonly Draft[],
  neighbours: (draft: Draft) => readonly Draft[],
): ReadonlyMap<Draft, string> {
  const found = new Map<Draft, string>()
  for (const draft of drafts)
    found.set(
      draft,
      fingerprint(
        `${draft.kind}|${neighbours(draft)
          .map((other) => found.get(other) ?? '')
          .sort()
          .join()}`,
      ),
    )
  return found
}
