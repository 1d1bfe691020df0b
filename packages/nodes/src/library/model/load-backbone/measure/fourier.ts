/**
 * The inverse Fourier transform of a square of complex numbers, in place and not divided by their count: radix two,
 * rows first, then columns. The side must be a power of two.
 */
export function inverseFourier(real: Float64Array, imaginary: Float64Array, side: number): void {
  const line = createLine(side)
  for (let row = 0; row < side; row++) line.transform(real, imaginary, row * side, 1)
  for (let column = 0; column < side; column++) line.transform(real, imaginary, column, side)
}

interface Line {
  /** Transforms the numbers that begin at `start`, every `step`th of them. */
  transform(real: Float64Array, imaginary: Float64Array, start: number, step: number): void
}

/** Cooley and Tukey 1965, with its angles and the order of its inputs worked out once for all lines. */
function createLine(length: number): Line {
  const places = reversedPlaces(length)
  const turn = (at: number): number => (2 * Math.PI * at) / length
  const cosines = Float64Array.from({ length: length / 2 }, (_, at) => Math.cos(turn(at)))
  const sines = Float64Array.from({ length: length / 2 }, (_, at) => Math.sin(turn(at)))
  const re = new Float64Array(length)
  const im = new Float64Array(length)
  const combine = (size: number): void => {
    const half = size / 2
    for (let block = 0; block < length; block += size)
      for (let offset = 0, angle = 0; offset < half; offset++, angle += length / size) {
        const upper = block + offset
        const lower = upper + half
        const cosine = cosines[angle] as number
        const sine = sines[angle] as number
        const turnedRe = (re[lower] as number) * cosine - (im[lower] as number) * sine
        const turnedIm = (re[lower] as number) * sine + (im[lower] as number) * cosine
        re[lower] = (re[upper] as number) - turnedRe
        im[lower] = (im[upper] as number) - turnedIm
        re[upper] = (re[upper] as number) + turnedRe
        im[upper] = (im[upper] as number) + turnedIm
      }
  }
  return {
    transform: (real, imaginary, start, step) => {
      for (let at = 0; at < length; at++) {
        const from = start + (places[at] as number) * step
        re[at] = real[from] as number
        im[at] = imaginary[from] as number
      }
      for (let size = 2; size <= length; size *= 2) combine(size)
      for (let at = 0; at < length; at++) {
        real[start + at * step] = re[at] as number
        imaginary[start + at * step] = im[at] as number
      }
    },
  }
}

/** Every place with its bits in reverse. */
function reversedPlaces(length: number): Uint32Array {
  const places = new Uint32Array(length)
  for (let at = 1; at < length; at++) places[at] = ((places[at >> 1] as number) >> 1) | (at & 1 ? length >> 1 : 0)
  return places
}
