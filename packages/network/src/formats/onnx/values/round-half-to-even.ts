/** Rounds to the nearest whole number, halves to the even one, as ONNX and IEEE 754 do. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
