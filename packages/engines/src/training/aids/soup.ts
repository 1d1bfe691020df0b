import { must } from '@graft/errors'
import type { Tensors } from '@graft/network'
import { z } from 'zod'
import { type Better, defineAid, type EpochWeights } from './aid.js'
import { blend } from './blend.js'

/**
 * The mean of the weights of the best epochs, gathered greedily (Wortsman et al. 2022, arXiv 2203.05482): from the best
 * one down, an epoch is taken in unless the validation images say that the mean gets worse by it. Without validation
 * images: the mean of the last epochs.
 */
export const soup = defineAid({
  name: 'soup',
  fields: {
    soup: z.int().min(0).max(20).default(0).meta({
      title: 'Soup of epochs',
      description:
        'Ends with the mean of the weights of the best epochs, up to so many, as far as it does better on the validation images than the best epoch alone. Each takes memory for the weights that are trained. 0: off.',
      unit: 'epochs',
      advanced: true,
    }),
  },
  isOn: ({ soup: epochs }) => epochs > 0,
  tell: ({ soup: epochs }) => `Soup of up to ${epochs} epochs.`,
  join: {
    keep: (epochs, better, { soup: most }) => ranked(epochs, better).slice(0, most),
    finish: async (epochs, judge) => {
      const [first, ...others] = ranked(epochs, judge.better)
      let mean = must(first, 'the best epoch').weights
      let value = await judge.value(mean)
      const taken = [must(first, 'the best epoch').epoch]
      for (const { epoch, weights } of others) {
        const wider = blend(mean, weights, 1 / (taken.length + 1))
        const next = await judge.value(wider)
        if (next !== null && value !== null && judge.better(value, next)) continue
        mean = wider
        value = next
        taken.push(epoch)
      }
      const inOrder = taken.toSorted((a, b) => a - b)
      return { weights: mean, epochs: inOrder, told: tellJoined(inOrder, epochs.length) }
    },
  },
})

/** The best first, earlier ones before later ones of the same value; without values, the last first. */
function ranked(epochs: readonly EpochWeights[], better: Better): readonly EpochWeights[] {
  return epochs.toSorted((a, b) => {
    if (a.value === null || b.value === null) return b.epoch - a.epoch
    if (better(a.value, b.value)) return -1
    return better(b.value, a.value) ? 1 : a.epoch - b.epoch
  })
}

/** What became of epochs that were `offered`, in one sentence. */
export function tellJoined(epochs: readonly number[], offered: number): string {
  if (epochs.length === 1)
    return `Soup: epoch ${epochs[0]} alone, since the mean with none of ${offered - 1} others did better on the validation images.`
  return `Soup: the mean of the weights of epochs ${epochs.slice(0, -1).join(', ')} and ${epochs.at(-1)}.`
}

/** The weights of epochs under one roof, as checkpoints keep them, and back. */
export function packEpochs(epochs: readonly EpochWeights[]): Tensors {
  return new Map(
    epochs.flatMap(({ epoch, weights }) => [...weights].map(([name, tensor]) => [`${epoch}/${name}`, tensor])),
  )
}

export function unpackEpochs(packed: Tensors, valueOf: (epoch: number) => number | null): readonly EpochWeights[] {
  const epochs = new Map<number, Tensors>()
  for (const [key, tensor] of packed) {
    const slash = key.indexOf('/')
    const epoch = Number(key.slice(0, slash))
    epochs.set(epoch, new Map([...(epochs.get(epoch) ?? []), [key.slice(slash + 1), tensor]]))
  }
  return [...epochs].map(([epoch, weights]) => ({ epoch, value: valueOf(epoch), weights }))
}
