import type { Initializer, Layer } from '../network.js'
import { findOperator } from '../operators/index.js'
import { resolveAttributes } from '../resolve-attributes.js'
import { createRandom, normal } from './random.js'
import { windowMask } from './window-mask.js'

/** How many values feed one output (`in`) and how many outputs one value feeds (`out`). */
export interface Fans {
  readonly in: number
  readonly out: number
}

/**
 * Float32 values of a parameter from a seeded initialiser; the same numbers on every machine.
 * - `heNormal`, `heUniform`: He et al. 2015, gain sqrt(2), by fan-in; `glorotUniform`, `glorotNormal`: Glorot and
 *   Bengio 2010.
 * - `linear`: U(-1/sqrt(fanIn), +1/sqrt(fanIn)), what PyTorch's nn.Linear and nn.Conv2d start from.
 * - `truncatedNormal`: normal with the given deviation, redrawn beyond two deviations (as Keras).
 * - `windowMask`: see there; nothing is drawn.
 * @param fans default: from the shape alone, see {@link fansOfShape}
 */
export function initialise(
  shape: readonly number[],
  initializer: Initializer,
  seed: number,
  fans: Fans = fansOfShape(shape),
): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  const random = createRandom(seed)
  const fill = (draw: () => number): Float32Array => values.map(draw)
  const uniform = (limit: number) => (): number => (2 * random() - 1) * limit
  switch (initializer.name) {
    case 'zeros':
      return values
    case 'ones':
      return values.fill(1)
    case 'constant':
      return values.fill(initializer.value)
    case 'segments':
      return fillSegments(values, initializer.segments)
    case 'heNormal':
      return fill(() => normal(random) * Math.sqrt(2 / fans.in))
    case 'heUniform':
      return fill(uniform(Math.sqrt(6 / fans.in)))
    case 'glorotNormal':
      return fill(() => normal(random) * Math.sqrt(2 / (fans.in + fans.out)))
    case 'glorotUniform':
      return fill(uniform(Math.sqrt(6 / (fans.in + fans.out))))
    case 'linear':
      return fill(uniform(1 / Math.sqrt(fans.in)))
    case 'windowMask':
      return windowMask(initializer)
    case 'truncatedNormal':
      return fill(() => truncated(() => normal(random)) * initializer.deviation)
  }
}

function fillSegments(
  values: Float32Array,
  segments: readonly { readonly length: number; readonly value: number }[],
): Float32Array {
  let start = 0
  for (const { length, value } of segments) {
    values.fill(value, start, start + length)
    start += length
  }
  return values
}

function truncated(draw: () => number): number {
  for (;;) {
    const value = draw()
    if (Math.abs(value) <= 2) return value
  }
}

/**
 * Fans of a weight by its shape: convolutions `[out, in / groups, h, w]`, matrices `[out, in]` (Gemm with transB = 1),
 * anything else by its first axis.
 * @param groups of a convolution: each input feeds only the outputs of its group
 */
export function fansOfShape(shape: readonly number[], groups = 1): Fans {
  if (shape.length < 2) return { in: Math.max(1, shape[0] ?? 1), out: Math.max(1, shape[0] ?? 1) }
  const [outputs = 1, inputs = 1, ...kernel] = shape
  const receptive = kernel.reduce((product, size) => product * size, 1)
  return { in: Math.max(1, inputs * receptive), out: Math.max(1, (outputs * receptive) / groups) }
}

/**
 * Fans of a layer's weight, given the weight's shape: knows the groups of a convolution and matrices stored `[in, out]`
 * (MatMul, Gemm with transB = 0).
 */
export function fansOfLayer(layer: Layer, weight: readonly number[]): Fans {
  if (findOperator(layer.operator).linear?.outputsLast(resolveAttributes(layer)))
    return fansOfShape([...weight].reverse())
  const group = layer.attributes.group
  return fansOfShape(weight, typeof group === 'number' ? group : 1)
}
