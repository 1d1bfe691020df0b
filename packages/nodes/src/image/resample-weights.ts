export type Interpolation = 'bilinear' | 'bicubic'

/** Fraction bits of the integer weights, as in Pillow: 255 * 2^22 and bicubic overshoot still fit 32 bits. */
export const precision = 22

interface Kernel {
  readonly support: number
  weight(distance: number): number
}

const kernels: Readonly<Record<Interpolation, Kernel>> = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: { support: 2, weight: cubicWeight },
}

/** Keys' cubic with a = -0.5, the one Pillow uses. */
function cubicWeight(distance: number): number {
  const x = Math.abs(distance)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
}

/** For every output pixel: the first input pixel, how many, and their integer weights. */
export interface Weights {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly values: Int32Array
  readonly stride: number
}

/** Weights for `outputSize` pixels out of `length` of the input's, from `start` on. */
export function weightsOf(
  inputSize: number,
  start: number,
  length: number,
  outputSize: number,
  interpolation: Interpolation,
): Weights {
  const kernel = kernels[interpolation]
  const scale = length / outputSize
  const filterScale = Math.max(scale, 1)
  const support = kernel.support * filterScale
  const stride = Math.ceil(support) * 2 + 1
  const weights = {
    first: new Int32Array(outputSize),
    count: new Int32Array(outputSize),
    values: new Int32Array(outputSize * stride),
    stride,
  }
  const taps = new Float64Array(stride)
  for (let output = 0; output < outputSize; output++) {
    const centre = start + (output + 0.5) * scale
    const first = Math.min(Math.max(0, Math.trunc(centre - support + 0.5)), inputSize - 1)
    const count = Math.max(1, Math.min(inputSize, Math.trunc(centre + support + 0.5)) - first)
    let sum = 0
    for (let tap = 0; tap < count; tap++) sum += taps[tap] = kernel.weight((tap + first - centre + 0.5) / filterScale)
    for (let tap = 0; tap < count; tap++)
      weights.values[output * stride + tap] = toFixed(sum === 0 ? 1 / count : taps[tap]! / sum)
    weights.first[output] = first
    weights.count[output] = count
  }
  return weights
}

function toFixed(weight: number): number {
  return Math.trunc(weight * (1 << precision) + (weight < 0 ? -0.5 : 0.5))
}
