import { NetworkError } from '../network-error.js'
import type { Network } from '../network.js'
import { compilePattern } from './name-pattern.js'
import { findStage, headStage, unknownTarget } from './edit.js'

/** Which layers an operation is about: a run of layers, a name pattern, or the layers of a run that match a pattern. */
export interface LayerRange {
  /** Stage or layer to start with; absent or empty: the first layer. */
  readonly from?: string
  /**
   * Stage or layer to end with, inclusive; absent or empty: the last layer before `head` (or the very last, when `from`
   * lies in the head).
   */
  readonly to?: string
  /**
   * Glob (`stage4.*`, tried on the layer's name and on `stage.layer`) or `/regular expression/` on layer names. Without
   * `from` and `to` it looks at all layers, the head included.
   */
  readonly pattern?: string
}

/**
 * Names of the layers in a range, in network order.
 * @throws NetworkError for an unknown name, an end before the start, a bad pattern, or a pattern that no layer matches
 */
export function selectLayers(network: Network, { from = '', to = '', pattern = '' }: LayerRange): readonly string[] {
  const run =
    from === '' && to === '' && pattern !== ''
      ? network.layers.map((layer) => layer.name)
      : selectRun(network, from, to)
  if (pattern === '') return run
  const matches = compilePattern(pattern)
  const stageOf = new Map(network.stages.flatMap((stage) => stage.layers.map((layer) => [layer, stage.name] as const)))
  const selected = run.filter((name) => matches(name, `${stageOf.get(name) ?? ''}.${name}`))
  if (selected.length > 0) return selected
  throw new NetworkError(
    `No layer of ${network.name} matches ${JSON.stringify(pattern)}. Layers are named like ${run.slice(0, 4).join(', ')}.`,
    'A glob looks like "stage4.*", a regular expression like "/^stage[34]/".',
  )
}

function selectRun(network: Network, from: string, to: string): readonly string[] {
  const names = network.layers.map((layer) => layer.name)
  const head = new Set(findStage(network, headStage)?.layers)
  const first = from === '' ? 0 : Math.min(...positions(network, names, from))
  const beforeHead = names.findLastIndex((name) => !head.has(name))
  const open = head.has(names[first] ?? '') ? names.length - 1 : beforeHead
  const last = to === '' ? open : Math.max(...positions(network, names, to))
  if (last >= first) return names.slice(first, last + 1)
  throw new NetworkError(
    `The range from ${from || names[first]} to ${to || names[last]} is empty: its end comes before its start.`,
    'Swap them, or leave one empty.',
  )
}

function positions(network: Network, names: readonly string[], target: string): readonly number[] {
  const members = findStage(network, target)?.layers ?? [target]
  const found = members.map((name) => names.indexOf(name)).filter((position) => position >= 0)
  if (found.length === 0) throw unknownTarget(network, target)
  return found
}

/** The range in words, for histories and messages. */
export function describeRange(network: Network, range: LayerRange, selected: readonly string[]): string {
  const from = range.from || selected[0]
  const to = range.to || selected.at(-1)
  if (range.pattern && !range.from && !range.to) return `${JSON.stringify(range.pattern)} (${selected.length} layers)`
  return `${from} to ${to}${range.pattern ? ` matching ${JSON.stringify(range.pattern)}` : ''}`
}
