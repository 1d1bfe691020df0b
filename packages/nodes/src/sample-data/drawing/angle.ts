/**
 * Sine and cosine of an angle in turns (1 = full circle), made of additions and multiplications only:
 * `Math.sin` may differ in its last bit between JavaScript engines, and a sample must be the same everywhere.
 */
export function sine(turns: number): number {
  let reduced = turns - Math.round(turns)
  if (reduced > 0.25) reduced = 0.5 - reduced
  if (reduced < -0.25) reduced = -0.5 - reduced
  const radians = reduced * 6.283185307179586
  const square = radians * radians
  return (
    radians *
    (1 + square * (-1 / 6 + square * (1 / 120 + square * (-1 / 5040 + square * (1 / 362880 - square / 39916800)))))
  )
}

/** Cosine of an angle in turns; see `sine`. */
export function cosine(turns: number): number {
  return sine(turns + 0.25)
}
