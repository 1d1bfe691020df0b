import { must } from '@graft/errors'
import type { Tensors } from '@graft/network'

/** `from`, moved by `share` of the way towards `to`. Where both are the same nothing changes, bit for bit. */
export function blend(from: Tensors, to: Tensors, share: number): Tensors {
  return new Map(
    [...from].map(([name, { shape, data }]) => {
      const goal = must(to.get(name), `the weights "${name}"`).data
      return [name, { shape, data: data.map((value, index) => value + share * ((goal[index] as number) - value)) }]
    }),
  )
}
