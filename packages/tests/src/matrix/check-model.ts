import { join } from 'node:path'
import { onnxEngine, singleLabel } from '@graft/engines'
import { addHead, countParameters, type LoadedNetwork, type Network, readNetwork, stripHead } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { type Match, matchParameters } from './match-parameters.js'
import { bytesOfFiles, isCarried } from './carried.js'
import { readFloats, readReference, type Reference } from './reference.js'

/** What one file of the matrix is like in Graft; every part starts with `ok` or says what is wrong. */
export interface Check {
  readonly load: string
  readonly values?: string
  readonly parameters?: string
  readonly stages?: string
  readonly head?: string
  readonly frozen?: string
  readonly batch?: string
}

const classes = 10
const rate = 0.1
/** Differences of logits, and of a step, over their size. ReLUs near zero flip in float32: PyTorch against its own float64 differs by 2e-2. */
const [valueLimit, stepLimit] = [1e-4, 5e-2]

/** Opens a file of a model and compares it with PyTorch. */
export async function checkModel(directory: string, variant: string): Promise<Check> {
  const reference = readReference(directory)
  let loaded: LoadedNetwork
  try {
    loaded = await readNetwork(await openModelFiles(join(directory, variant)))
  } catch (error) {
    return { load: textOf(error) }
  }
  const matches = matchParameters(reference, readFloats(directory, 'parameters.f32'), loaded.tensors)
  const folded = foldsNormalisation(reference, matches)
  return {
    load: 'ok',
    values: await told(() => checkValues(directory, reference, loaded)),
    ...(folded ? {} : { parameters: checkParameters(directory, variant, reference, loaded, matches) }),
    stages: checkStages(loaded.network),
    head: await told(() => Promise.resolve(checkHead(reference, loaded.network))),
    ...(folded
      ? {}
      : {
          frozen: await told(() => checkStep(directory, reference, loaded, matches, 'frozen')),
          batch: await told(() => checkStep(directory, reference, loaded, matches, 'batch')),
        }),
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function told(work: () => Promise<string>): Promise<string> {
  try {
    return await work()
  } catch (error) {
    return textOf(error)
  }
}

const foldsNormalisation = (reference: Reference, matches: readonly Match[]): boolean =>
  Object.keys(reference.parameters).some(
    (name) => name.endsWith('running_mean') && !matches.some((match) => match.name === name),
  )

async function checkValues(
  directory: string,
  { input }: Reference,
  { network, tensors }: LoadedNetwork,
): Promise<string> {
  const [data, expected] = [readFloats(directory, 'input.f32'), readFloats(directory, 'logits.f32')]
  const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  let worst = 0
  for (const many of [false, true]) {
    const forward = await onnxEngine.forward(network, { tensors, many })
    const result = (await forward.run({ shape: [...input], data }))[network.output]
    await forward.dispose()
    if (result?.data.length !== expected.length) return `logits of shape [${result?.shape.join()}]`
    expected.forEach((value, index) => {
      const difference = Math.abs(value - (result.data[index] ?? NaN))
      worst = difference <= worst ? worst : difference
    })
  }
  return worst / size <= valueLimit ? 'ok' : `logits differ by ${(worst / size).toExponential(1)}`
}

/** What the exporter computed with once and for all can't be learned any more; what it wrote in its place may be. */
function checkParameters(
  directory: string,
  variant: string,
  reference: Reference,
  { network }: LoadedNetwork,
  matches: readonly Match[],
): string {
  const found = new Map(matches.map((match) => [match.name, match]))
  const learned = Object.entries(reference.parameters).filter(([, parameter]) => parameter.learned)
  const missing = learned.filter(([name]) => network.parameters[found.get(name)?.key ?? '']?.trainable !== true)
  const bytes = missing.length === 0 ? [] : bytesOfFiles(join(directory, variant))
  const values = readFloats(directory, 'parameters.f32')
  const fixed = missing.filter(([, parameter]) => isCarried(parameter, values, bytes))
  const folded = missing.length - fixed.length
  const own = new Set(matches.filter(({ name }) => reference.parameters[name]?.learned).map(({ key }) => key))
  const more = Object.keys(network.parameters).filter((key) => network.parameters[key]?.trainable && !own.has(key))
  const some = (names: readonly string[]): string => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}`
  const inPlace = Math.min(folded, more.length)
  const problems = [
    ...(fixed.length > 0 ? [`${fixed.length} of PyTorch's not learned (${some(fixed.map(([name]) => name))})`] : []),
    ...(more.length > inPlace ? [`${more.length} more learned (${some(more)})`] : []),
  ]
  const said =
    folded === 0 ? [] : [`the exporter folded ${folded} of ${learned.length}, ${inPlace} learned in their place`]
  if (problems.length === 0) return ['ok', ...said].join('; ')
  return [...problems, ...said, `${countParameters(network).trainable} in all`].join('; ')
}

function checkStages({ layers, stages }: Network): string {
  const largest = Math.max(...stages.map((stage) => stage.layers.length))
  const trunk = stages.filter(({ name }) => name !== 'head' && name !== 'stem')
  const sensible = stages.at(-1)?.name === 'head' && trunk.length >= 2 && largest <= 0.75 * layers.length
  return sensible ? 'ok' : stages.map((stage) => `${stage.name}(${stage.layers.length})`).join(' ')
}

/** The new head reads channels: as many numbers as some weight has, and never the height or width of a map. */
function checkHead({ widths }: Reference, network: Network): string {
  const classNames = Array.from({ length: 4 }, (_, index) => `class ${index}`)
  const options = { classNames, pooling: 'average', hidden: [], dropout: 0, seed: 1 } as const
  const rehead = addHead(stripHead(network), options)
  const classifier = rehead.layers.find(({ name }) => name === rehead.output)?.parameters['weight'] ?? ''
  const width = rehead.parameters[classifier]?.shape[1] ?? 0
  return width > 16 && widths.includes(width) ? 'ok' : `the new head reads ${width} numbers`
}

async function checkStep(
  directory: string,
  { input }: Reference,
  { network, tensors }: LoadedNetwork,
  matches: readonly Match[],
  statistics: 'frozen' | 'batch',
): Promise<string> {
  const layers = network.layers.map((layer) =>
    layer.operator === 'BatchNormalization' ? { ...layer, statistics } : layer,
  )
  const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const
  const spec = { tensors, optimizer, loss: singleLabel.loss, seed: 1 }
  const trainer = await onnxEngine.trainer({ ...network, layers }, spec)
  const labels = Array.from({ length: input[0] ?? 1 }, (_, index) => (index * 3) % classes)
  const targets = singleLabel.targets(labels, classes, { labelSmoothing: 0 })
  await trainer.step({ shape: [...input], data: readFloats(directory, 'input.f32') }, targets, rate, 0)
  const weights = await trainer.weights()
  await trainer.dispose()
  const [before, after] = [readFloats(directory, 'parameters.f32'), readFloats(directory, `step-${statistics}.f32`)]
  let [difference, change] = [0, 0]
  let worst = { name: '', share: 0 }
  for (const { key, name, offset, count, position } of matches) {
    const values = weights.get(key)?.data
    if (values === undefined) continue
    let own = 0
    for (let index = 0; index < count; index++) {
      const place = offset + position(index)
      own += ((values[index] ?? NaN) - (after[place] ?? NaN)) ** 2
      change += ((after[place] ?? NaN) - (before[place] ?? NaN)) ** 2
    }
    difference += own
    if (!(own <= worst.share)) worst = { name, share: own }
  }
  const relative = Math.sqrt(difference / change)
  return relative <= stepLimit ? 'ok' : `step differs by ${relative.toExponential(1)}, most in ${worst.name}`
}
