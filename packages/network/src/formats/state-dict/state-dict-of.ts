import { type Architecture, type ArchitectureOptions, architectures } from '../../architectures/index.js'
import { storedParameters } from '../../architectures/support/stored-weights.js'
import { inferShapes } from '../../infer-shapes.js'
import { NetworkError } from '../../network-error.js'
import type { Layer, Network, Tensors } from '../../network.js'
import { findOperator } from '../../operators/index.js'
import { layoutToWrite, libraryOf } from './layouts.js'
import { asOwnClassifier } from './linear-head.js'
import { type Unfolded, unfoldNormalisation } from './unfold-normalisation.js'

/** A tensor of a state dict: float32, or whole numbers (int64). */
export interface StateTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

export interface StateDict {
  readonly architecture: Architecture
  /** Whose names the tensors have: torchvision's, timm's or one of transformers'. */
  readonly layout: string
  readonly classes: number | null
  /** In PyTorch's order. */
  readonly tensors: ReadonlyMap<string, StateTensor>
}

/** A network that an architecture builds, with the network's parameters that stand for its own. */
export interface Match {
  readonly architecture: Architecture
  /** Whose names the network's parameters have. */
  readonly layout: string
  readonly built: Network
  readonly classes: number | null
  readonly own: ReadonlyMap<string, string>
  /** Values under the built network's own keys that the network hasn't: of folded normalisations, of another head. */
  readonly unfolded?: Tensors
}

/**
 * The network's weights under the names of the torchvision, timm or transformers model that it is (those that they came
 * with), a new classifier included, with the counters and tables that `load_state_dict(strict=True)` asks for. Throws
 * NetworkError where the network is none of those that Graft has as architectures, or its new head computes what theirs
 * doesn't.
 */
export function stateDictOf(network: Network, tensors: Tensors): StateDict {
  const { architecture, built, classes, own, layout: found, unfolded } = matchOf(network, tensors)
  const { layout: origin = '' } = network.provenance
  const layout = layoutToWrite(architecture, { origin, found, classes })
  const inputSize = network.input.shape[1] ?? 0
  const result = new Map<string, StateTensor>()
  for (const { key, names, shape, transposed } of storedParameters(architecture, built, layout, {
    classes,
    inputSize,
  })) {
    const tensor = unfolded?.get(key) ?? tensors.get(own.get(key) ?? key)
    if (tensor === undefined)
      throw new NetworkError(`Parameter "${key}" has no values.`, `Load the network's weights with loadTensors first.`)
    const data = transposed ? turned(tensor.data, shape) : tensor.data
    const times = classes !== null && isOfLastLayer(built, key) ? (architecture.readsTimes?.(layout) ?? 1) : 1
    for (const [name, part] of partsOf(names.length === 0 ? [key] : names, shape, data)) {
      result.set(name, times === 1 ? part : widened(part, times))
      if (name.endsWith('running_var'))
        result.set(name.replace(/running_var$/, 'num_batches_tracked'), { shape: [], data: new BigInt64Array(1) })
    }
  }
  for (const [name, { shape, integers }] of architecture.asks?.(layout) ?? [])
    result.set(name, { shape, data: integers ? BigInt64Array.from(integers, BigInt) : new Float32Array(count(shape)) })
  return { architecture, layout, classes, tensors: result }
}

/** Whether a parameter is the matrix of the last layer. */
const isOfLastLayer = ({ layers, output }: Network, key: string): boolean =>
  layers.find(({ name }) => name === output)?.parameters['weight'] === key

/** A matrix `[rows, columns]` with as many columns of noughts behind it as make it so many times as wide. */
function widened({ shape: [rows = 1, columns = 1], data }: StateTensor, times: number): StateTensor {
  const wide = new Float32Array(rows * columns * times)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      wide[row * columns * times + column] = Number(data[row * columns + column] ?? 0)
  return { shape: [rows, columns * times], data: wide }
}

/** A tensor that files keep in parts of the same size, along its first axis. */
function partsOf(
  names: readonly string[],
  shape: readonly number[],
  data: Float32Array,
): readonly (readonly [string, StateTensor])[] {
  const [rows = 1, ...rest] = shape
  if (names.length === 1) return [[names[0] ?? '', { shape, data }]]
  const size = data.length / names.length
  return names.map((name, index) => [
    name,
    { shape: [rows / names.length, ...rest], data: data.slice(index * size, (index + 1) * size) },
  ])
}

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Throws NetworkError where it is none of them. */
export function matchOf(network: Network, tensors: Tensors): Match {
  const known = architectures.filter(({ layouts }) => layouts.some((layout) => libraryOf(layout) !== null))
  const problems: string[] = []
  for (const architecture of known)
    for (const layout of architecture.layouts.filter((name, index) => index === 0 || libraryOf(name) !== null)) {
      const match = matched(architecture, layout, network, tensors)
      if (typeof match === 'object' && match !== null) return match
      if (match !== null) problems.push(match)
    }
  if (problems[0] !== undefined)
    throw new NetworkError(problems[0], 'Export as safetensors or ONNX, or add a linear head with average pooling.')
  const unfolded = unfoldNormalisation(network, tensors, known)
  if (unfolded !== null) return unfoldedMatch(network, unfolded)
  const families = [...new Set(known.map(({ family }) => family))]
  throw new NetworkError(
    `${network.name} is none of the networks whose names in PyTorch Graft knows (${families.join(', ')}).`,
    'Export as safetensors or ONNX; or load the network from its state dict instead of an ONNX file, which keeps the names.',
  )
}

/** Throws NetworkError where the head computes something else than the architecture's. */
function unfoldedMatch(network: Network, { architecture, built, classes, tensors, classifiers }: Unfolded): Match {
  const [own, given] = classifiers
  const bodyOf = ({ parameters }: Network, without: ReadonlySet<string>): ReadonlySet<string> =>
    new Set(Object.keys(parameters).filter((key) => !without.has(key)))
  const [ours, theirs] = [tail(network, bodyOf(network, given), isOfHead), tail(built, bodyOf(built, own), isOfHead)]
  if (ours !== theirs)
    throw new NetworkError(
      `The head of ${network.name} (${ours}) is not that of PyTorch's ${architecture.id} (${theirs}).`,
      'Export as safetensors or ONNX, or add a linear head with average pooling.',
    )
  return { architecture, layout: architecture.layouts[0] ?? '', built, classes, own: new Map(), unfolded: tensors }
}

/** The match; text where only the head is in the way; null where the network is another one. */
function matched(
  architecture: Architecture,
  layout: string,
  network: Network,
  tensors: Tensors,
): Match | string | null {
  const [, height, width] = network.input.shape
  if (height === undefined || height !== width) return null
  // Told without building the network, of which there are over a hundred.
  if (network.parameters[architecture.beginsWith(layout).join('+')] === undefined) return null
  const output = inferShapes(network).get(network.output) ?? []
  const classes = network.head === null ? null : (output.at(-1) ?? null)
  const options = { classes, inputSize: height }
  const built = attempt(() => architecture.build(options))
  if (built === null) return null
  const named = namesOf(architecture, layout, built, options)
  const same = named.filter(([key, name]) => sameShape(built, key, network, name))
  const rest = named.filter((entry) => !same.includes(entry)).map(([key]) => key)
  const [ours, theirs] = [new Set(same.map(([key]) => key)), new Set(same.map(([, name]) => name))]
  const spare = Object.keys(network.parameters).filter((key) => !theirs.has(key))
  // A head is a few tensors at the end: everything else must be there under its name.
  if (rest.length > 8 || same.length < 8) return null
  const headless = built.stages.filter(({ name }) => name !== 'head').flatMap(({ layers }) => layers)
  const body = built.layers
    .filter(({ name }) => headless.includes(name))
    .flatMap(({ parameters }) => Object.values(parameters))
  if (body.some((key) => !ours.has(key))) return null
  const fits =
    rest.length === spare.length && rest.every((key, index) => sameShape(built, key, network, spare[index] ?? ''))
  const classifier = asOwnClassifier(architecture, built, network, tensors)
  const isStored = (wanted: string): boolean =>
    storedParameters(architecture, built, layout, options).some(({ key }) => key === wanted)
  if (classifier !== null && rest.every((key) => classifier.has(key) || !isStored(key)))
    return { architecture, layout, built, classes, own: new Map(same), unfolded: classifier }
  if (!fits || tail(built, ours) !== tail(network, theirs))
    return `The head of ${network.name} (${tail(network, theirs)}) is not that of PyTorch's ${architecture.id} (${tail(built, ours)}).`
  const own = new Map([...same, ...rest.map((key, index): [string, string] => [key, spare[index] ?? ''])])
  return { architecture, layout, built, classes, own }
}

/** The built network's parameters, with their names in a layout. */
function namesOf(
  architecture: Architecture,
  layout: string,
  built: Network,
  options: ArchitectureOptions,
): readonly (readonly [key: string, name: string])[] {
  const keys = Object.keys(built.parameters)
  if (layout === architecture.layouts[0]) return keys.map((key) => [key, key])
  const names = architecture.namesIn(layout, options)
  return keys.map((key, index) => [key, names[index]?.join('+') ?? key])
}

const sameShape = (one: Network, key: string, other: Network, name: string): boolean =>
  other.parameters[name]?.shape.join() === one.parameters[key]?.shape.join()

/** Layers that change nothing in evaluation. */
const without = new Set(['Dropout', 'Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'])
const called: Readonly<Record<string, string>> = {
  ReduceMean: 'average',
  GlobalAveragePool: 'average',
  Gemm: 'linear',
  MatMul: 'linear',
}

/** Files write activations in many ways; what a head is differs by how it takes values together. */
const isOfHead = (operator: string): boolean =>
  called[operator] !== undefined || findOperator(operator).pools === true || operator === 'Concat'

/** What is computed after the last layer with weights of the body. */
function tail(
  { layers }: Network,
  body: ReadonlySet<string>,
  counts: (operator: string) => boolean = (operator) => !without.has(operator),
): string {
  const usesBody = ({ parameters }: Layer): boolean => Object.values(parameters).some((key) => body.has(key))
  const last = layers.findLastIndex(usesBody)
  const operators = layers.slice(last + 1).map(({ operator }) => operator)
  return operators
    .filter(counts)
    .map((operator) => called[operator] ?? operator)
    .join(', ')
}

function attempt<Value>(work: () => Value): Value | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** Values of the transposed matrix, which has this shape. */
function turned(values: Float32Array, [rows = 1, columns = 1]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[row * columns + column] = values[column * rows + row] ?? 0
  return result
}
