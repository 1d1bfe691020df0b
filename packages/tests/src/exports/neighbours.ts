import {
  addHead,
  createRandom,
  findArchitecture,
  type LoadedNetwork,
  loadTensors,
  neighboursHead,
  neighboursParameters,
  normal,
  stripHead,
} from '@graft/network'

const rows = 24
const classNames = ['ant', 'bee', 'cat', 'dog', 'eel']

/** A small network whose head compares with 24 stored vectors, as Train's nearest neighbours leave it. */
export async function withNeighbours(size: number, several: boolean, seed: number): Promise<LoadedNetwork> {
  const built = findArchitecture('graftnet').build({ classes: 7, inputSize: size, seed })
  const task = several ? { task: 'multi-label' as const } : {}
  const plan = { classNames, pooling: 'average', hidden: [], dropout: 0, seed, ...task } as const
  const plain = addHead(stripHead(built), plan)
  const last = plain.layers.find(({ name }) => name === plain.output)
  const network = neighboursHead(plain, {
    layer: plain.output,
    features: last?.inputs[0] ?? '',
    neighbours: rows,
    classes: classNames.length,
    several,
  })
  const tensors = new Map(await loadTensors(network, () => Promise.reject(new Error('nothing is stored'))))
  const names = neighboursParameters(plain.output)
  const random = createRandom(seed)
  const keys = tensors.get(names.keys)!
  const width = keys.shape[1] ?? 1
  keys.data.set(keys.data.map(() => (8 * normal(random)) / Math.sqrt(width)))
  tensors.get(names.mean)!.data.set(tensors.get(names.mean)!.data.map(() => 0.1 * normal(random)))
  tensors.get(names.shares)!.data.set(
    // `[classes, rows]`: every row is of one class, and where there may be several of the next one now and then.
    tensors.get(names.shares)!.data.map((_, place) => {
      const [c, row] = [Math.floor(place / rows), place % rows]
      return row % 5 === c || (several && row % 3 === 0 && (row + 1) % 5 === c) ? 1 : 0
    }),
  )
  return { network, tensors }
}
