import { inferShapes } from '../infer-shapes.js'
import type { Layer, Network, Stage } from '../network.js'
import type { Shape } from '../operator.js'
import { headStage } from '../surgery/edit.js'
import { singleTensorCuts } from '../surgery/single-tensor-cuts.js'
import { encoderBlocks, type Start } from './encoder-blocks.js'
import { findHead } from './find-head.js'
import { groupOfLayer } from './name-groups.js'

const minimumGroups = 2
const maximumGroups = 12
/** A stage with more of the layers than this, of so many, says nothing. */
const [largestShare, lopsidedFrom] = [0.75, 60]

/**
 * Divides the layers of a network into stages: by the groups that their names speak of (`layer1`, `features.4`,
 * `block3`) when there are 2 to 12 of those, else wherever the height and width shrink (`stem`, `stage1`, ...), else,
 * in a transformer, whose blocks all work at one resolution, by its blocks. Boundaries lie only where a single value
 * crosses, unless nearly all layers would then be in one stage. The classifier, if there is one, becomes stage `head`. For readers, whose formats know no stages; the
 * network's own `stages` are not looked at.
 */
export function detectStages(network: Network): readonly Stage[] {
  const shapes = inferShapes(network)
  const head = findHead(network, shapes)
  const trunk = network.layers.slice(0, head ?? network.layers.length)
  const cuts = cutPositions(network, trunk.length)
  const atCuts = startsAt(network, trunk, cuts, shapes)
  const starts = isLopsided(atCuts, trunk) ? (startsAnywhere(network, trunk, shapes) ?? atCuts) : atCuts
  return toStages(network.layers, head === null ? starts : [...starts, { name: headStage, position: head }])
}

function startsAt(
  network: Network,
  trunk: readonly Layer[],
  cuts: readonly number[],
  shapes: ReadonlyMap<string, Shape>,
): readonly Start[] {
  const named = startsByName(trunk, cuts)
  const fits = named.length >= minimumGroups && named.length <= maximumGroups
  if (fits && !isLopsided(named, trunk)) return named
  // Names say little where an exporter gave equal fresh parameters of all blocks the name of one.
  const shaped = startsByShape(network, trunk, cuts, shapes)
  return fits && (shaped.length < minimumGroups || isLopsided(shaped, trunk)) ? named : shaped
}

/** One stage has nearly everything: branches run side by side from the stem to the head (HRNet), or cells read two before (NASNet). */
function isLopsided(starts: readonly Start[], trunk: readonly Layer[]): boolean {
  const sizes = starts.map(({ position }, index) => (starts[index + 1]?.position ?? trunk.length) - position)
  return trunk.length >= lopsidedFrom && Math.max(...sizes) > trunk.length * largestShare
}

/** Boundaries where several values cross: places to freeze at, not to cut. Null where they are no better. */
function startsAnywhere(
  network: Network,
  trunk: readonly Layer[],
  shapes: ReadonlyMap<string, Shape>,
): readonly Start[] | null {
  const everywhere = trunk.map((_, position) => position).slice(0, -1)
  const maps = new Map([...shapes].filter(([, shape]) => shape.length === 4 && (shape[2] ?? 1) > 1))
  const found = [startsByName(trunk, everywhere), startsByResolution(network, trunk, everywhere, maps)]
  return (
    found.find(
      (starts) => starts.length >= minimumGroups && starts.length <= maximumGroups && !isLopsided(starts, trunk),
    ) ?? null
  )
}

function toStages(layers: readonly Layer[], starts: readonly Start[]): readonly Stage[] {
  const names = layers.map((layer) => layer.name)
  return starts
    .map(({ name, position }, index) => ({ name, layers: names.slice(position, starts[index + 1]?.position) }))
    .filter((stage) => stage.layers.length > 0)
}

/** Positions after which a single value crosses, within the trunk. */
function cutPositions(network: Network, end: number): readonly number[] {
  const position = new Map(network.layers.map((layer, index) => [layer.name, index]))
  return singleTensorCuts(network)
    .map((name) => position.get(name) ?? 0)
    .filter((cut) => cut < end - 1)
}

/** The nearest legal boundary at or before a layer, after an earlier boundary: the stage starts behind a cut. */
function boundaryBefore(cuts: readonly number[], position: number, after: number): number | undefined {
  return cuts
    .filter((cut) => cut < position && cut >= after)
    .map((cut) => cut + 1)
    .at(-1)
}

/** Layers without a group stay with what comes before them; those before the first group are the stem. */
function startsByName(trunk: readonly Layer[], cuts: readonly number[]): readonly Start[] {
  const starts: Start[] = []
  const seen = new Set<string>()
  trunk.forEach((layer, position) => {
    const group = groupOfLayer(layer)
    if (group === undefined || seen.has(group)) return
    seen.add(group)
    const start = position === 0 ? 0 : boundaryBefore(cuts, position, starts.at(-1)?.position ?? 0)
    if (start !== undefined) starts.push({ name: group === headStage ? 'neck' : group, position: start })
  })
  const first = starts[0]
  return first && first.position > 0 ? [{ name: 'stem', position: 0 }, ...starts] : starts
}

function startsByShape(
  network: Network,
  trunk: readonly Layer[],
  cuts: readonly number[],
  shapes: ReadonlyMap<string, Shape>,
): readonly Start[] {
  const byResolution = startsByResolution(network, trunk, cuts, shapes)
  if (byResolution.length > 1) return byResolution
  const blocks = encoderBlocks(trunk, cuts)
  return blocks.length > 1
    ? [...(blocks[0]?.position === 0 ? [] : [{ name: 'stem', position: 0 }]), ...blocks]
    : byResolution
}

const shrinks = (size: number, from: number): boolean => size <= from * 0.75

function startsByResolution(
  network: Network,
  trunk: readonly Layer[],
  cuts: readonly number[],
  shapes: ReadonlyMap<string, Shape>,
): readonly Start[] {
  const sizeAfter = (position: number): number | undefined => heightOf(shapes.get(trunk[position]?.name ?? ''))
  const starts: Start[] = trunk.length > 0 ? [{ name: 'stem', position: 0 }] : []
  // The stem may shrink the image right away; the first boundary is the first shrinking after its first weight.
  const firstWeight = trunk.findIndex((layer) => layer.parameters.weight !== undefined)
  const lastWeight = trunk.findLastIndex((layer) => layer.parameters.weight !== undefined)
  let reference = firstWeight < 0 ? heightOf(shapes.get(network.input.name)) : sizeAfter(firstWeight)
  for (const cut of [...cuts, trunk.length - 1].filter((position) => position > firstWeight)) {
    const size = sizeAfter(cut)
    if (size === undefined || reference === undefined || !shrinks(size, reference)) continue
    const previous = cuts.filter((position) => position < cut).at(-1)
    const start = previous === undefined ? 0 : beforePadding(trunk, cuts, previous + 1)
    if (start > (starts.at(-1)?.position ?? 0) && start <= lastWeight)
      starts.push({ name: `stage${starts.length}`, position: start })
    reference = size
  }
  return starts
}

/** Explicit padding belongs to the layer it pads for. */
function beforePadding(trunk: readonly Layer[], cuts: readonly number[], start: number): number {
  const isPadding = trunk[start - 1]?.operator === 'Pad'
  return isPadding && cuts.includes(start - 2) ? start - 1 : start
}

const heightOf = (shape: Shape | undefined): number | undefined => (shape?.length === 4 ? shape[2] : undefined)
