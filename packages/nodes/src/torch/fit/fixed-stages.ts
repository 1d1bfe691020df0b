import { type FitJob, nodeHost, prefixKey } from '@graft/engines'
import type { Engine } from '@graft/engines'
import type { Network, Tensors } from '@graft/network'
import { layersOfStages } from '../../program/network/stage-layers.js'
import type { FitProgram } from './program-folder.js'

/** What identifies the results of the stages that stay as they are, and how many layers they are. */
export interface FixedStages {
  readonly layers: number
  readonly boundary: string | null
  readonly key: string
  /** What identifies the augmentation of the training images. */
  readonly variation: string
}

/** The stages of a program's phase that run once per image. */
export async function fixedStages(
  { network, tensors }: FitJob,
  { phase }: FitProgram,
  engine: Engine,
): Promise<FixedStages> {
  const layers = layersOfStages(network).slice(0, phase.fixedStages).flat()
  const boundary = layers.at(-1)?.name ?? null
  const prefix: Network = { ...network, layers, output: boundary ?? network.input.name }
  const { augmentation, seed } = phase
  return {
    layers: layers.length,
    boundary,
    key: await prefixKey(prefix, valuesOf(prefix, tensors), engine),
    variation: augmentation.length === 0 ? '' : nodeHost.hashes.text(JSON.stringify([augmentation, seed])),
  }
}

function valuesOf({ layers }: Network, tensors: Tensors): Tensors {
  const used = new Set(layers.flatMap(({ parameters }) => Object.values(parameters)))
  return new Map([...tensors].filter(([name]) => used.has(name)))
}
