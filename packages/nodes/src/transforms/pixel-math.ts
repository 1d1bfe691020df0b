/** Shares of red, green and blue in brightness (ITU-R BT.601, as Pillow's `convert('L')`). */
export const luma = [0.299, 0.587, 0.114] as const

/** Brightness of the pixel whose red stands at `at`. */
export const lumaAt = (data: Float32Array, at: number): number =>
  luma[0] * data[at]! + luma[1] * data[at + 1]! + luma[2] * data[at + 2]!

/** The mean brightness of an image, pixels one after the other. */
export function meanLuma(data: Float32Array): number {
  let sum = 0
  for (let at = 0; at < data.length; at += 3) sum += lumaAt(data, at)
  return sum / (data.length / 3)
}

/** A value within the range of bytes. */
export const clip = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value)
