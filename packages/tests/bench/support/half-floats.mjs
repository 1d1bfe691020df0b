// Conversion between float32 and float16, for the benchmark of a cache in half precision (Node 20 has no Float16Array).

const bits = new Uint32Array(1)
const value = new Float32Array(bits.buffer)

/** The bits of the nearest half, ties to even; beyond 65504 infinity. */
export function halfOf(number) {
  value[0] = number
  const all = bits[0]
  const sign = (all >>> 16) & 0x8000
  const rest = all & 0x7fffffff
  if (rest >= 0x47800000) return sign | (rest > 0x7f800000 ? 0x7e00 : 0x7c00)
  // Normal halves: shift the exponent's offset away and round 13 bits off; a carry walks into the exponent, up to
  // infinity, as it should.
  if (rest >= 0x38800000) return sign | ((rest - 0x38000000 + 0xfff + ((rest >>> 13) & 1)) >>> 13)
  if (rest < 0x33000000) return sign
  const shift = 126 - (rest >>> 23)
  const mantissa = (rest & 0x7fffff) | 0x800000
  const kept = mantissa >>> shift
  const lost = mantissa & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  return sign | (kept + (lost > middle || (lost === middle && (kept & 1) === 1) ? 1 : 0))
}

/** The number that the bits of a half stand for. */
export function numberOf(half) {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 31
  const mantissa = half & 1023
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25)
}

const numbers = Float32Array.from({ length: 65536 }, (_, half) => numberOf(half))

export function encodeHalves(source, target) {
  const words = new Uint32Array(source.buffer, source.byteOffset, source.length)
  for (let index = 0; index < words.length; index++) {
    const all = words[index]
    const rest = all & 0x7fffffff
    // Most values are normal halves; the others take the long way.
    target[index] =
      rest >= 0x38800000 && rest < 0x47800000
        ? ((all >>> 16) & 0x8000) | ((rest - 0x38000000 + 0xfff + ((rest >>> 13) & 1)) >>> 13)
        : rest === 0
          ? (all >>> 16) & 0x8000
          : halfOf(source[index])
  }
  return target
}

export function decodeHalves(source, target) {
  for (let index = 0; index < source.length; index++) target[index] = numbers[source[index]]
  return target
}

/**
 * Every half must survive, and every number go to the nearest half (ties to the even one), found here by search among
 * all of them. Throws otherwise.
 */
export function checkHalves(count = 200_000) {
  for (let half = 0; half < 65536; half++) {
    const isNaN = (half & 0x7c00) === 0x7c00 && (half & 1023) !== 0
    if (isNaN ? (halfOf(NaN) & 0x7c00) !== 0x7c00 : halfOf(numbers[half]) !== half)
      throw new Error(`half ${half.toString(16)} does not survive`)
  }
  const positive = Float64Array.from({ length: 0x7c00 }, (_, half) => numberOf(half))
  const words = new Uint32Array(count)
  for (let index = 0; index < count; index++) words[index] = Math.floor(Math.random() * 2 ** 32)
  // Half of them within the range of halves, some exactly between two.
  for (let index = 0; index < count; index += 2)
    words[index] = (words[index] & 0x80000000) | (0x32000000 + Math.floor(Math.random() * 0x16000000))
  for (let index = 0; index < count; index += 8) words[index] = (words[index] & 0xffffe000) | 0x1000
  const floats = new Float32Array(words.buffer)
  const encoded = encodeHalves(floats, new Uint16Array(count))
  floats.forEach((number, index) => {
    const expected = nearest(number, positive)
    if (encoded[index] !== expected && !Number.isNaN(number))
      throw new Error(`${number} became ${encoded[index].toString(16)}, expected ${expected.toString(16)}`)
  })
}

function nearest(number, positive) {
  const size = Math.abs(number)
  const sign = Object.is(number, -0) || number < 0 ? 0x8000 : 0
  let [low, high] = [0, 0x7c00]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (positive[middle] <= size) low = middle
    else high = middle
  }
  const above = high === 0x7c00 ? 65536 : positive[high]
  const [down, up] = [size - positive[low], above - size]
  return sign | (up < down || (up === down && (low & 1) === 1) ? high : low)
}
