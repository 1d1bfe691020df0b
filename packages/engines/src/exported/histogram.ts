import type { ValueRange } from '@graft/network'

const bins = 2048
/** How much of the extremes is tried to be kept. */
const shares = Array.from({ length: 36 }, (_, index) => 1 - index * 0.02)
const levels = 255
/** Of the values of one call: more tell no more about how they are spread. */
const countedValues = 100_003

/** How the values of one layer are spread between their extremes. */
export class Histogram {
  private readonly counts = new Float64Array(bins)
  private readonly width: number

  constructor(private readonly range: ValueRange) {
    this.width = (range.max - range.min) / bins || 1
  }

  add(values: Float32Array): void {
    const { min } = this.range
    const { width, counts } = this
    const step = Math.ceil(values.length / countedValues)
    for (let index = 0; index < values.length; index += step) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(((values[index] ?? 0) - min) / width)))
      counts[bin] = (counts[bin] ?? 0) + 1
    }
  }

  /** The range with the least mean squared error of values in 8 bits: steps within it, and what is cut off. */
  bestRange(): ValueRange {
    const { min, max } = this.range
    const candidates = shares.map((share) => {
      const bound = share * Math.max(-min, max)
      return { min: Math.max(min, -bound), max: Math.min(max, bound) }
    })
    const errors = candidates.map((candidate) => this.error(candidate))
    return candidates[errors.indexOf(Math.min(...errors))] ?? this.range
  }

  private error({ min, max }: ValueRange): number {
    const step = (max - min) / levels
    const noise = (step * step) / 12
    return this.counts.reduce((sum, count, bin) => {
      if (count === 0) return sum
      const value = this.range.min + (bin + 0.5) * this.width
      const cut = value < min ? min - value : value > max ? value - max : 0
      return sum + count * (cut === 0 ? noise : cut * cut)
    }, 0)
  }
}
