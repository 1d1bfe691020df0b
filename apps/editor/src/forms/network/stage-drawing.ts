import type { NetworkSummary } from '@graft/graph-schema'

type Stage = NetworkSummary['stages'][number]

/** The last stage before the head; a network without a head ends with it. */
function lastBeforeHead({ stages }: Pick<NetworkSummary, 'stages'>): number {
  return stages.at(-1)?.name === 'head' ? stages.length - 2 : stages.length - 1
}

/** Which stage a stage's or layer's name stands for; null: there is none of that name. */
function stageIndexOf({ stages }: Pick<NetworkSummary, 'stages'>, name: string): number | null {
  const index = stages.findIndex((stage) => stage.name === name || stage.layers.some((layer) => layer.name === name))
  return index < 0 ? null : index
}

/** The stage after which a network is cut; an empty value keeps all but the head. Null: the name isn't there. */
export function cutIndexOf(network: Pick<NetworkSummary, 'stages'>, value: string): number | null {
  return value === '' ? lastBeforeHead(network) : stageIndexOf(network, value)
}

/** What is written for a cut after this stage: nothing when it is where the default cuts. */
export function cutValueOf(network: Pick<NetworkSummary, 'stages'>, index: number): string {
  return index === lastBeforeHead(network) ? '' : (network.stages[index]?.name ?? '')
}

export interface StageSpan {
  readonly from: number
  readonly to: number
}

/**
 * The stages that two values span, ends included; empty values mean the first stage and the last before the head. Null:
 * a name isn't there, or they are the wrong way round.
 */
export function spanOf(network: Pick<NetworkSummary, 'stages'>, from: string, to: string): StageSpan | null {
  const first = from === '' ? 0 : stageIndexOf(network, from)
  const last = to === '' ? lastBeforeHead(network) : stageIndexOf(network, to)
  return first === null || last === null || first > last ? null : { from: first, to: last }
}

/** What is written for a span. */
export function spanValuesOf(
  network: Pick<NetworkSummary, 'stages'>,
  { from, to }: StageSpan,
): { readonly from: string; readonly to: string } {
  return { from: from === 0 ? '' : (network.stages[from]?.name ?? ''), to: cutValueOf(network, to) }
}

/** The span after one end was moved; the other end gives way rather than be crossed. */
export function moveEnd(span: StageSpan, end: 'from' | 'to', index: number, count: number): StageSpan {
  const inside = Math.min(count - 1, Math.max(0, index))
  return end === 'from'
    ? { from: inside, to: Math.max(inside, span.to) }
    : { from: Math.min(span.from, inside), to: inside }
}

export interface Totals {
  readonly stages: number
  readonly parameters: number
  readonly trainable: number
  readonly macs: number
}

/** What a run of stages adds up to; both ends included. */
export function totalsOf(stages: readonly Stage[], from: number, to: number): Totals {
  const part = stages.slice(from, to + 1)
  const sum = (pick: (stage: Stage) => number): number => part.reduce((total, stage) => total + pick(stage), 0)
  return {
    stages: part.length,
    parameters: sum((stage) => stage.parameters),
    trainable: sum((stage) => stage.trainable),
    macs: sum((stage) => stage.macs),
  }
}

const smallest = 30
const largestExtra = 58
/**
 * All blocks together stay below this, as far as their text allows: a transformer has a dozen equally heavy ones, or
 * two.
 */
const wholeHeight = 700

/**
 * How high each block is: enough for its text, more the more work it does. The root keeps light stages from vanishing
 * beside heavy ones.
 */
export function blockHeights(stages: readonly Pick<Stage, 'macs'>[]): readonly number[] {
  const most = Math.max(1, ...stages.map(({ macs }) => macs))
  const shares = stages.map(({ macs }) => Math.sqrt(macs / most))
  const room =
    Math.max(0, wholeHeight - smallest * stages.length) /
    Math.max(
      1,
      shares.reduce((sum, share) => sum + share, 0),
    )
  return shares.map((share) => Math.round(smallest + Math.min(largestExtra, room) * share))
}

/** Boundaries between blocks, from the top edge (0) to the bottom one. */
export function boundaries(heights: readonly number[], gap: number): readonly number[] {
  return heights.reduce<readonly number[]>((places, height) => [...places, (places.at(-1) ?? 0) + height + gap], [0])
}

/** The boundary nearest to a height, of those from `first` on. */
export function nearestBoundary(places: readonly number[], y: number, first = 0): number {
  return places.reduce(
    (best, place, index) =>
      index >= first && (best < first || Math.abs(place - y) < Math.abs((places[best] ?? 0) - y)) ? index : best,
    first,
  )
}

/** `64 × 16 × 16`. */
export const showShape = (shape: readonly number[]): string => shape.join(' × ')

/** Whether a stage has learned weights, and how many of them may change. */
export function stateOf({
  parameters,
  trainable,
}: Pick<Stage, 'parameters' | 'trainable'>): 'frozen' | 'partly' | 'trainable' | 'plain' {
  if (parameters === 0) return 'plain'
  if (trainable === 0) return 'frozen'
  return trainable < parameters ? 'partly' : 'trainable'
}
