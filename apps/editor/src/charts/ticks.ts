/** Round numbers (1, 2 or 5 times a power of ten) that cover a range; at least two. */
export function niceTicks(low: number, high: number, count = 4): readonly number[] {
  const span = high - low > 0 ? high - low : Math.abs(high) || 1
  const magnitude = 10 ** Math.floor(Math.log10(span / count))
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= (span / count) * 0.999) ?? 10) * magnitude
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1)
  // Multiplying keeps 0.30000000000000004 out of sight better than adding up.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** Whole-number ticks inside a range, few enough for its width. */
export function wholeTicks(low: number, high: number, count = 6): readonly number[] {
  const step =
    [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((size) => (high - low) / size <= count) ??
    Math.ceil((high - low) / count)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, index) => (first + index) * step)
}
