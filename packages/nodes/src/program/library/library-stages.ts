import type { Network } from '@graft/network'
import type { Part } from './library-models.js'

/** A stage of the network as parts of a library's model: expressions of Python that name `network`. */
export interface LibraryStage {
  readonly name: string
  readonly modules: readonly string[]
}

interface Piece {
  readonly code: string
  readonly holds: readonly string[]
  /** List and place in it. */
  readonly at?: readonly [list: string, index: number]
}

/**
 * Which parts of a model make up each stage. A part that learns nothing belongs to what is before it. Null where a part
 * is in two stages, or a stage has none.
 */
export function stagesOf(
  network: Network,
  names: ReadonlyMap<string, string>,
  parts: readonly Part[],
): readonly LibraryStage[] | null {
  const stageOfName = stagesByName(network, names)
  const pieces = parts.flatMap((part) => piecesOf(part, [...stageOfName.keys()]))
  const held = network.stages.map((): Piece[] => [])
  let current = 0
  for (const piece of pieces) {
    const stages = new Set([...stageOfName].filter(([name]) => begins(name, piece.holds)).map(([, stage]) => stage))
    const [stage = current] = stages
    if (stages.size > 1 || stage < current) return null
    held[stage]?.push(piece)
    current = stage
  }
  const isHeld = (name: string): boolean => pieces.some(({ holds }) => begins(name, holds))
  if (held.some((one) => one.length === 0) || ![...stageOfName.keys()].every(isHeld)) return null
  return network.stages.map(({ name }, index) => ({ name, modules: joined(held[index] ?? []) }))
}

const begins = (name: string, beginnings: readonly string[]): boolean =>
  beginnings.some((one) => name === one || name.startsWith(`${one}.`))

function stagesByName({ stages, layers }: Network, names: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const byLayer = new Map(stages.flatMap((stage, index) => stage.layers.map((layer) => [layer, index] as const)))
  return new Map(
    layers.flatMap((layer) =>
      Object.values(layer.parameters).flatMap((key): [string, number][] => {
        const name = names.get(key)
        return name === undefined ? [] : [[name, byLayer.get(layer.name) ?? 0]]
      }),
    ),
  )
}

function piecesOf(part: Part, names: readonly string[]): readonly Piece[] {
  if (typeof part !== 'string') return [part]
  if (!part.endsWith('.*')) return [{ code: `network.${part}`, holds: [part] }]
  const list = part.slice(0, -2)
  const places = names
    .filter((name) => name.startsWith(`${list}.`))
    .map((name) => Number(name.slice(list.length + 1).split('.')[0]))
  return Array.from({ length: Math.max(...places) + 1 }, (_, index) => ({
    code: `network.${list}[${index}]`,
    holds: [`${list}.${index}`],
    at: [list, index] as const,
  }))
}

/** Neighbours in a list as one slice of it. */
function joined(pieces: readonly Piece[]): readonly string[] {
  const runs: Piece[][] = []
  for (const piece of pieces) {
    const last = runs.at(-1)
    const before = last?.at(-1)?.at
    const follows = before !== undefined && piece.at?.[0] === before[0] && piece.at[1] === before[1] + 1
    if (follows) last?.push(piece)
    else runs.push([piece])
  }
  return runs.map((run) => {
    const [first, last] = [run[0]?.at, run.at(-1)?.at]
    if (run.length === 1 || first === undefined || last === undefined) return run[0]?.code ?? ''
    return `*network.${first[0]}[${first[1]}:${last[1] + 1}]`
  })
}
