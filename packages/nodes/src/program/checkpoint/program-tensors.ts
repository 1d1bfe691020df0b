import { type FitCheckpoint, packEpochs, unpackEpochs } from '@graft/engines'
import type { Tensors } from '@graft/network'
import { NodeError } from '../../sdk/node-error.js'
import { fromStateDict, stateDict, type Described } from '../network/torch-network.js'
import type { ProgramPhase, ProgramSource } from '../plan/program-plan.js'
import { fromTorchSlots, stepsOf, toTorchSlots, under } from './optimizer-slots.js'
import type { ProgramFacts } from './program-facts.js'

/** What a training has learned so far: weights that are stepped, those of the best epoch, and averages. */
export type Learned = Pick<FitCheckpoint, 'trainer' | 'bestWeights' | 'kept'>

/** Name of the aid whose weights the program calls its average. */
const average = 'moving-average'
/** Name of the aid that keeps the weights of several epochs. */
const soup = 'soup'
const scaler = 'scaler/'

/**
 * What the tensors of a program's checkpoint hold, under the network's names and in its layout. Throws NodeError where
 * one is missing, or the optimizer was another.
 */
export function learnedIn(
  source: ProgramSource,
  torch: Described,
  phase: ProgramPhase,
  tensors: Tensors,
  facts: Pick<ProgramFacts, 'step' | 'scaler'>,
): Learned {
  const [best, kept, epochs] = ['best/', 'average/', 'soup/'].map((part) => under(tensors, part)) as [
    Tensors,
    Tensors,
    Tensors,
  ]
  const scales = Object.entries(facts.scaler ?? {}).map(
    ([name, value]) => [scaler + name, { shape: [], data: Float32Array.of(value) }] as const,
  )
  return {
    trainer: {
      step: stepsOf(tensors) ?? facts.step,
      weights: weightsIn(source, torch, under(tensors, 'network/')),
      slots: new Map([...fromTorchSlots(torch, phase, tensors), ...scales]),
    },
    bestWeights: best.size === 0 ? null : weightsIn(source, torch, best),
    kept: {
      ...(kept.size > 0 && { [average]: weightsIn(source, torch, kept) }),
      ...(epochs.size > 0 && { [soup]: byEpoch(epochs, (weights) => fromStateDict(torch, weights)) }),
    },
  }
}

/** The same as tensors of a program's checkpoint; `others`: values that weights don't hold, since they have not learned. */
export function tensorsOf(
  { trainer, bestWeights, kept = {} }: Learned,
  torch: Described,
  phase: ProgramPhase,
  others: (held: Tensors) => Tensors,
): Tensors {
  const sets = { network: trainer.weights, best: bestWeights, average: kept[average] ?? null }
  const written = ([part, values]: [string, Tensors | null]): [string, Tensors][] =>
    values === null ? [] : [[part, stateDict(torch, new Map([...others(values), ...values]))]]
  return new Map([
    ...Object.entries(sets)
      .flatMap(written)
      .flatMap(([part, values]) => [...values].map(([name, value]) => [`${part}/${name}`, value] as const)),
    ...[...byEpoch(kept[soup] ?? new Map(), (weights) => stateDict(torch, weights))].map(
      ([name, value]) => [`soup/${name}`, value] as const,
    ),
    ...toTorchSlots(torch, phase, trainer.slots, trainer.step),
  ])
}

/** Weights of several epochs (`3/NAME`) under other names. */
const byEpoch = (epochs: Tensors, renamed: (weights: Tensors) => Tensors): Tensors =>
  packEpochs(unpackEpochs(epochs, () => null).map((one) => ({ ...one, weights: renamed(one.weights) })))

/** What mixed precision in float16 scales by, where the checkpoint is of such a training. */
export function scalerOf({ slots }: Learned['trainer']): ProgramFacts['scaler'] {
  const scales = [...under(slots, scaler)].map(([name, { data }]) => [name, data[0] ?? 0] as const)
  return scales.length === 0 ? null : Object.fromEntries(scales)
}

/** What the optimizer keeps, by parameter. */
export const slotsByName = ({ slots }: Learned['trainer']): readonly string[] =>
  [...slots.keys()].filter((name) => !name.startsWith(scaler))

/** All of the network's values. Throws NodeError where the file lacks one. */
function weightsIn({ network, tensors }: ProgramSource, torch: Described, state: Tensors): Tensors {
  const missing = missingIn(torch, state)
  if (missing !== undefined)
    throw new NodeError(
      'model',
      `The checkpoint has no "${missing}", which ${network.name} has in this graph.`,
      'Give a checkpoint of the program that this graph was exported as.',
    )
  return new Map([...tensors, ...fromStateDict(torch, state)])
}

const missingIn = ({ names }: Described, state: Tensors): string | undefined =>
  [...names.values()].find((name) => !state.has(name))

/** Whether a program's checkpoint has all weights under these names, which differ where a library makes the network. */
export const hasWeightsOf = (torch: Described, tensors: Tensors): boolean =>
  missingIn(torch, under(tensors, 'network/')) === undefined
