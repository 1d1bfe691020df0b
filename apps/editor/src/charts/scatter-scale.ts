import { niceTicks } from './ticks.js'

/** Where values stand along an axis: from 0 to 1. */
export interface ScatterScale {
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
}

/** From this ratio of largest to smallest on, an axis counts by powers. */
const wide = 20

/** A scale on which all values have room; by powers of ten where they lie far apart. */
export function scatterScale(values: readonly number[], mayBeLogarithmic: boolean): ScatterScale {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (mayBeLogarithmic && low > 0 && high / low >= wide) {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
    return {
      place: (value) => (Math.log10(value) - first) / (last - first),
      ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
    }
  }
  const ticks = niceTicks(low, high)
  const [start = 0, end = 1] = [ticks[0], ticks.at(-1)]
  return { place: (value) => (value - start) / (end - start), ticks }
}
