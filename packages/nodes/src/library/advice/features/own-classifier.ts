import { softmax } from '@graft/engines'
import type { Engine } from '@graft/engines'
import { inferShapes, type Network, type Tensors } from '@graft/network'
import type { NetworkFeatures } from './network-features.js'

/** What a network's own classifier makes of every image. */
export interface OwnAnswers {
  readonly classes: number
  /** Probability of its likeliest class. */
  readonly confidence: Float64Array
  /** From 0, it is sure, to 1, all of its classes are as likely. */
  readonly entropy: Float64Array
}

/**
 * Answers of the classifier that the network came with, from the features of its last stage: where it begins by pooling
 * them, as most do, it needs no pass of its own. Null where it has none, or one that reads something else.
 */
export async function askOwnClassifier(
  network: Network,
  { values, columns, stages }: Pick<NetworkFeatures, 'values' | 'columns' | 'stages'>,
  load: (network: Network) => Promise<Tensors>,
  engine: Engine,
): Promise<OwnAnswers | null> {
  const { from, to } = stages.at(-1) ?? { from: 0, to: columns }
  const part = classifierOn(network, to - from)
  if (part === null) return null
  const rows = values.length / columns
  const forward = await engine.forward(part, { tensors: await load(part), outputs: [part.output], many: true })
  try {
    const classes = network.head?.names.length ?? 0
    const answers = { classes, confidence: new Float64Array(rows), entropy: new Float64Array(rows) }
    for (let start = 0; start < rows; start += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - start)
      const data = new Float32Array(count * (to - from))
      for (let i = 0; i < count; i++)
        data.set(values.subarray((start + i) * columns + from, (start + i) * columns + to), i * (to - from))
      const result = await forward.run({ shape: [count, ...part.input.shape], data })
      tell(result[part.output]?.data ?? new Float32Array(count * classes), start, answers)
    }
    return answers
  } finally {
    await forward.dispose()
  }
}

const rowsAtOnce = 64

/** The classifier as a network on pooled features: pooling a map of one value changes nothing. */
function classifierOn(network: Network, width: number): Network | null {
  const head = network.stages.find(({ name }) => name === 'head')
  if (head === undefined || network.head === null) return null
  const layers = network.layers.filter(({ name }) => head.layers.includes(name))
  const inputs = new Set(layers.flatMap(({ inputs: own }) => own).filter((name) => !head.layers.includes(name)))
  const [input = ''] = inputs
  const [, channels, ...spatial] = inferShapes(network).get(input) ?? []
  const readers = layers.filter(({ inputs: own }) => own.includes(input))
  const pools = readers.every(({ operator }) => operator === 'GlobalAveragePool')
  if (inputs.size !== 1 || channels !== width || (spatial.length > 0 && !(pools && spatial.length === 2))) return null
  const used = new Set(layers.flatMap(({ parameters }) => Object.values(parameters)))
  return {
    ...network,
    layers,
    stages: [head],
    input: { name: input, shape: [channels, ...spatial.map(() => 1)] },
    parameters: Object.fromEntries(Object.entries(network.parameters).filter(([name]) => used.has(name))),
  }
}

function tell(logits: Float32Array, start: number, { classes, confidence, entropy }: OwnAnswers): void {
  const probabilities = softmax(logits, classes)
  for (let i = 0; i * classes < probabilities.length; i++) {
    const own = probabilities.subarray(i * classes, (i + 1) * classes)
    confidence[start + i] = own.reduce((most, value) => Math.max(most, value), 0)
    entropy[start + i] = own.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0) / Math.log(classes)
  }
}
