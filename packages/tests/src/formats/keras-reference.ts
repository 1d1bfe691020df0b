/** What a script with Keras has written: images channels-last, and Keras' output for them. */
export interface KerasReference {
  readonly shape: readonly [number, number, number, number]
  readonly image: readonly number[]
  readonly output: readonly number[]
  /** Numbers that Keras learns. */
  readonly trainable?: number
}

/** The images channels-first, as engines take them. */
export function batchOf({ shape, image }: KerasReference): { shape: number[]; data: Float32Array } {
  const [count, height, width, channels] = shape
  const pixels = height * width
  const data = Float32Array.from({ length: image.length }, (_, index) => {
    const [sample, rest] = [Math.floor(index / (channels * pixels)), index % (channels * pixels)]
    return image[(sample * pixels + (rest % pixels)) * channels + Math.floor(rest / pixels)] ?? NaN
  })
  return { shape: [count, channels, height, width], data }
}

/** Largest difference to Keras' output, over its largest value where that is above 1. */
export function differenceTo({ output }: KerasReference, result: ArrayLike<number>): number {
  const scale = Math.max(1, ...output.map(Math.abs))
  return Math.max(...output.map((value, index) => Math.abs(value - (result[index] ?? NaN)))) / scale
}
