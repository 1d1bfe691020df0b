/** Vectors `[n, columns]` of length 1, one after the other. */
export interface Directions {
  readonly values: Float32Array
  readonly columns: number
}

/** Of images like the validation images one in twenty at most is called unfamiliar. */
const falseAlarms = 0.05

/** Each row scaled to length 1: what a network sees is told by the direction, its strength by the contrast of the photo. */
export function directionsOf({ values, columns }: Directions): Directions {
  const scaled = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += columns) {
    let squares = 0
    for (let at = start; at < start + columns; at++) squares += (values[at] ?? 0) ** 2
    const length = Math.sqrt(squares) || 1
    for (let at = start; at < start + columns; at++) scaled[at] = (values[at] ?? 0) / length
  }
  return { values: scaled, columns }
}

/**
 * 1 minus the cosine to the most alike of the training images. On photos of ants and bees the nearest one told strangers
 * better than the third or tenth: 90 of 100 other photos, against 77 and 72.
 */
export function distanceTo({ values, columns }: Directions, one: Float32Array): number {
  let nearest = -1
  for (let start = 0; start < values.length; start += columns) {
    let product = 0
    for (let at = 0; at < columns; at++) product += (values[start + at] ?? 0) * (one[at] ?? 0)
    nearest = Math.max(nearest, product)
  }
  return 1 - nearest
}

/** Distances of rows to the training images. */
export function distancesTo(training: Directions, { values, columns }: Directions): readonly number[] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    distanceTo(training, values.subarray(row * columns, (row + 1) * columns)),
  )
}

/**
 * How many of the validation images lie as far as a distance, or farther, and whether that is so few that the image is
 * hardly like them (conformal: of images that are, no more than one in twenty is called unfamiliar, however they are
 * spread). With fewer than 19 validation images nothing is.
 */
export function judge(
  distance: number,
  validation: readonly number[],
): { readonly asFar: number; readonly unfamiliar: boolean } {
  const asFar = validation.filter((other) => other >= distance).length
  return { asFar, unfamiliar: (asFar + 1) / (validation.length + 1) <= falseAlarms }
}
