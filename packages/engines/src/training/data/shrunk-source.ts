import type { Batch } from '../../engine.js'
import { BatchMemory } from './batch-memory.js'
import type { ImageSource } from './image-source.js'

/**
 * The images of a source, made smaller: bilinear with antialiasing, as Pillow does it, on prepared values. Takes a
 * fraction of what a small image saves in a step, and needs nothing of who prepares them.
 */
export function shrunkSource(source: ImageSource, [height, width]: readonly [number, number]): ImageSource {
  const whole = new BatchMemory()
  const { prefetch } = source
  return {
    count: source.count,
    labels: source.labels,
    random: source.random,
    key: (index, view) => `${source.key(index, view)} at ${height}x${width}`,
    load: async (indices, view) => shrink(await source.load(indices, view, whole), [height, width]),
    ...(prefetch && { prefetch: (indices, view) => prefetch.call(source, indices, view) }),
  }
}

/** Images `[n, channels, height, width]` in another size. */
export function shrink({ shape, data }: Batch, [height, width]: readonly [number, number]): Batch {
  const [count = 0, channels = 0, fromHeight = 0, fromWidth = 0] = shape
  const [rows, columns] = [triangles(fromHeight, height), triangles(fromWidth, width)]
  const result = new Float32Array(count * channels * height * width)
  const narrow = new Float32Array(fromHeight * width)
  for (let plane = 0; plane < count * channels; plane++) {
    const from = data.subarray(plane * fromHeight * fromWidth, (plane + 1) * fromHeight * fromWidth)
    for (let y = 0; y < fromHeight; y++)
      for (let x = 0; x < width; x++) narrow[y * width + x] = weighted(from, y * fromWidth, 1, columns[x])
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) result[(plane * height + y) * width + x] = weighted(narrow, x, width, rows[y])
  }
  return { shape: [count, channels, height, width], data: result }
}

/** What goes into one pixel: weights of neighbours from `first` on. */
interface Triangle {
  readonly first: number
  readonly weights: Float64Array
}

function triangles(from: number, to: number): readonly Triangle[] {
  const scale = from / to
  const reach = Math.max(1, scale)
  return Array.from({ length: to }, (_, target) => {
    const centre = (target + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - reach + 0.5))
    const last = Math.min(from, Math.trunc(centre + reach + 0.5))
    const weights = Float64Array.from({ length: last - first }, (__, index) =>
      Math.max(0, 1 - Math.abs(first + index + 0.5 - centre) / reach),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

function weighted(values: Float32Array, start: number, stride: number, triangle: Triangle | undefined): number {
  if (triangle === undefined) return 0
  let sum = 0
  triangle.weights.forEach((weight, index) => {
    sum += weight * (values[start + (triangle.first + index) * stride] ?? 0)
  })
  return sum
}
