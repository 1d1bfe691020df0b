import type { Network } from '@graft/network'
import type { Engine, OptimizerSpec } from '../../engine.js'
import type { MachineMemory } from '../../host/host.js'

/** Largest batch that `auto` chooses: beyond it accuracy suffers more than speed gains. */
const largestAutomatic = 64
/** Least batches in an epoch that `auto` leaves, so that a small data set still gives the optimizer steps. */
const fewestSteps = 8
/**
 * Share of the machine's memory that training may take; the rest is for images, features and the system. Not of what
 * happens to be free: a resumed run must cut its batches as before.
 */
const share = 0.6

export interface MemoryPlan {
  /** Images per optimizer step. */
  readonly batchSize: number
  /** Most images computed at once; absent: the whole batch. */
  readonly largestPart?: number
  /** What was decided and why, for the log. */
  readonly message: string | null
  readonly warning: string | null
}

export interface MemoryQuestion {
  readonly network: Network
  readonly engine: Pick<Engine, 'id' | 'trainingMemory'>
  readonly optimizer: OptimizerSpec
  /** 0: to be chosen. */
  readonly batchSize: number
  /** Images in an epoch. */
  readonly count: number
  readonly memory: MachineMemory
}

/**
 * Chooses the batch size where it is left to us, and computes a batch that would not fit into memory in parts: their
 * gradients add up, so the effective batch stays as asked. An engine that can't predict its memory gets the batch
 * whole.
 */
export function planMemory({ network, engine, optimizer, batchSize, count, memory }: MemoryQuestion): MemoryPlan {
  const limit = share * memory.total
  const needs = (images: number): number => engine.trainingMemory?.(network, images, optimizer) ?? 0
  const fits = (images: number): boolean => needs(images) <= limit
  const chosen = batchSize === 0 ? automatic(count, fits) : batchSize
  const asked = Math.min(chosen, count)
  const choice =
    batchSize === 0 ? `Batch size ${chosen}, chosen for ${count} images and ${gigabytes(memory.total)} of memory. ` : ''
  if (engine.trainingMemory === undefined) return { batchSize: chosen, message: choice.trim() || null, warning: null }
  const part = fits(asked) ? asked : largest(asked, fits)
  const expected = `about ${gigabytes(needs(part))} of memory`
  const warning =
    needs(part) > memory.free
      ? `Training is expected to need ${expected}, and ${gigabytes(memory.free)} are free. Close other programs, lower the batch size, or freeze more of the network, if it gets slow or is ended.`
      : null
  if (part === asked)
    return { batchSize: chosen, message: `${choice}Training is expected to need ${expected}.`, warning }
  const message =
    `${choice}A batch of ${asked} images would need about ${gigabytes(needs(asked))} of memory, and training may take ${gigabytes(limit)} here: it is computed ` +
    `${part} ${part === 1 ? 'image' : 'images'} at a time (${expected}), with the gradients added up to one step.${normalisationNote(network)}`
  return { batchSize: chosen, largestPart: part, message, warning }
}

/** Powers of two from 8 to the limit, as many as fit and leave an epoch enough steps. */
function automatic(count: number, fits: (images: number) => boolean): number {
  let size = 8
  while (size * 2 <= largestAutomatic && size * 2 * fewestSteps <= count && fits(size * 2)) size *= 2
  return size
}

/** The most images that fit; one where even that is not expected to. */
function largest(asked: number, fits: (images: number) => boolean): number {
  let [low, high] = [1, asked]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

function normalisationNote(network: Network): string {
  const usesBatch = network.layers.some(({ statistics }) => statistics === 'batch')
  return usesBatch
    ? ' Batch normalisation sees only the images of a part: freeze its statistics or lower the batch size if that matters.'
    : ''
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`
