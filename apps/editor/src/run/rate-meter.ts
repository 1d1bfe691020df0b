interface Sample {
  readonly at: number
  readonly done: number
}

const window = 5000

/**
 * How fast something counts up, over the last seconds. Starts again when it counts down: something else is counted
 * then.
 */
export interface RateMeter {
  /** Takes the count at a time in milliseconds; gives the units per second, or null while it is too early to tell. */
  readonly take: (done: number, at: number) => number | null
}

export function createRateMeter(): RateMeter {
  let samples: readonly Sample[] = []
  return {
    take: (done, at) => {
      const last = samples.at(-1)
      if (last !== undefined && done < last.done) samples = []
      if (last?.done !== done) samples = [...samples, { at, done }]
      samples = samples.filter((sample, index) => sample.at > at - window || index >= samples.length - 2)
      const [first] = samples
      const newest = samples.at(-1)
      if (first === undefined || newest === undefined || newest.at - first.at < 500) return null
      return ((newest.done - first.done) * 1000) / (newest.at - first.at)
    },
  }
}
