import type { Engine } from '@graft/engines'
import type { LoadedNetwork } from '@graft/network'

/** The network's answers to images `[n, c, h, w]`. */
export async function logitsOf(
  engine: Engine,
  { network, tensors }: LoadedNetwork,
  input: { readonly shape: readonly number[]; readonly data: Float32Array },
): Promise<Float32Array> {
  const forward = await engine.forward(network, { tensors })
  const result = await forward.run(input)
  await forward.dispose()
  return result[network.output]?.data ?? new Float32Array()
}

/** The largest difference, over the largest number expected; infinite where there are more or fewer of them. */
export function relativeDifference(expected: Float32Array, actual: Float32Array): number {
  if (expected.length !== actual.length) return Infinity
  const largest = (values: Float32Array): number =>
    values.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0)
  return largest(expected.map((value, index) => value - (actual[index] ?? NaN))) / Math.max(largest(expected), 1e-6)
}
