const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** Logarithm of the gamma function, for positive arguments (Lanczos). */
function logGamma(value: number): number {
  const x = value - 1
  const t = x + 7.5
  const series = lanczos.reduce((sum, weight, index) => sum + weight / (x + index + 1), 0.99999999999980993)
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(series)
}

/** Regularised incomplete beta function by its continued fraction (Lentz); converges fast where x < (a + 1) / (a + b + 2). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  if (x <= 0) return 0
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const guard = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let c = 1
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / guard(1 + even * d)
    c = guard(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / guard(1 + odd * d)
    c = guard(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return front * result
}

/** Share of Student's distribution below a value, by degrees of freedom. */
export function studentBelow(value: number, freedom: number): number {
  const outside = incompleteBeta(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
  return value < 0 ? outside : 1 - outside
}

/** How many standard errors a two-sided 95% interval reaches either way, by degrees of freedom (1 and more). */
export function student95(freedom: number): number {
  let low = 1
  let high = 13
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (studentBelow(middle, freedom) < 0.975) low = middle
    else high = middle
  }
  return (low + high) / 2
}
