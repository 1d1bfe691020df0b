import { type Engine, type OpenedModelFile, openOnnxFile, openTfjsFile, predictLogits, taskOf } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import { filesInMemory, type FormatWriter, type Network, readNetwork, type Tensors } from '@graft/network'
import { decodeSample, isReduced } from '../image-files/decode.js'
import { createImageLoader } from '../loader/index.js'
import { neededSize } from '../loader/prepare.js'
import { imageBatches } from './image-batches.js'

/** What came of comparing a written file with the network that it was written from. */
export interface FileCheck {
  /** What the file was run in: "onnxruntime". */
  readonly runtime: string
  readonly images: number
  /** Largest difference of a probability. */
  readonly largest: number
  /** How many images Graft itself reduces before it resizes them, since they are very large, and the difference there. */
  readonly reduced: { readonly images: number; readonly largest: number }
  /** Images that got the same answer. */
  readonly same: number
  /** Logits `[images, classes]` of the network and of the file. */
  readonly network: Float32Array
  readonly file: Float32Array
}

export interface CheckRequest {
  readonly writer: FormatWriter
  readonly bytes: Uint8Array
  readonly network: Network
  readonly tensors: Tensors
  readonly samples: readonly Sample[]
  readonly engine: Engine
  readonly signal: AbortSignal
}

/**
 * Runs a written file on images, in the runtime it is for where that is here, else by reading it back, and compares
 * its answers with the network's. Throws EngineError when the runtime refuses it.
 */
export async function checkFile(request: CheckRequest): Promise<FileCheck> {
  const { network, tensors, samples } = request
  const own = await logitsOf(request, network, tensors)
  const { runtime, logits, reduced } = await runFile(request)
  const [expected, found] = [probabilitiesOf(network, own), probabilitiesOf(network, logits)]
  const width = expected.length / Math.max(1, samples.length)
  const answers = samples.map((_, index) => [expected, found].map((all) => bestOf(all, index, width)))
  const differences = samples.map((_, index) => differenceAt(expected, found, index, width))
  return {
    runtime,
    images: samples.length,
    largest: largestOf(differences, (index) => !reduced.has(index)),
    reduced: { images: reduced.size, largest: largestOf(differences, (index) => reduced.has(index)) },
    same: answers.filter(([one, other]) => one === other).length,
    network: own,
    file: logits,
  }
}

const largestOf = (differences: readonly number[], counts: (index: number) => boolean): number =>
  differences.reduce((most, difference, index) => (counts(index) ? Math.max(most, difference) : most), 0)

function differenceAt(one: Float32Array, other: Float32Array, index: number, width: number): number {
  const row = one.subarray(index * width, (index + 1) * width)
  return row.reduce((most, value, place) => Math.max(most, Math.abs(value - (other[index * width + place] ?? NaN))), 0)
}

/** Logits of a file, and the images that went in with more pixels than Graft's own loader uses. */
interface FileRun {
  readonly runtime: string
  readonly logits: Float32Array
  readonly reduced: ReadonlySet<number>
}

async function runFile(request: CheckRequest): Promise<FileRun> {
  const reduced = new Set<number>()
  const { writer, bytes } = request
  if (writer.runtime === 'onnxruntime')
    return { runtime: 'onnxruntime', logits: await runOpened(request, await openOnnxFile(bytes), reduced), reduced }
  if (writer.runtime === 'tensorflow.js')
    return { runtime: 'TensorFlow.js', logits: await runOpened(request, await openTfjsFile(bytes), reduced), reduced }
  // Bare weights don't say how large the images are.
  const inputSize = request.network.input.shape[1]
  const files = filesInMemory({ [`model${writer.extension}`]: bytes })
  const again = await readNetwork(files, { ...(inputSize !== undefined && { inputSize }) })
  const prepared = { ...again.network, preprocessing: request.network.preprocessing }
  return { runtime: "Graft's own reader", logits: await logitsOf(request, prepared, again.tensors), reduced }
}

async function logitsOf(
  { samples, engine, signal }: CheckRequest,
  network: Network,
  tensors: Tensors,
): Promise<Float32Array> {
  const { preprocessing } = network
  const source = createImageLoader({ samples, transforms: [], preprocessing, seed: 0, signal })
  try {
    return (await predictLogits(engine, network, tensors, source, { signal, batchSize: 8 })).logits
  } finally {
    await source.close()
  }
}

async function runOpened(request: CheckRequest, file: OpenedModelFile, reduced: Set<number>): Promise<Float32Array> {
  const { writer, samples, network, signal } = request
  const rows: Float32Array[] = []
  try {
    if (writer.takes === 'images') {
      for (const [index, sample] of samples.entries()) {
        signal.throwIfAborted()
        // Larger than any image: all its pixels, as whoever runs the file has them.
        const { width, height, data } = await decodeSample(sample, { width: Infinity, height: Infinity })
        if (isReduced({ width, height }, neededSize(network.preprocessing))) reduced.add(index)
        rows.push(logitsIn(network, await file.run({ shape: [1, height, width, 3], data })))
      }
    } else
      for await (const batch of imageBatches(samples, network.preprocessing, signal)()) {
        rows.push(logitsIn(network, await file.run(batch)))
      }
  } finally {
    await file.close()
  }
  const all = new Float32Array(rows.reduce((size, row) => size + row.length, 0))
  rows.reduce((at, row) => {
    all.set(row, at)
    return at + row.length
  }, 0)
  return all
}

/** Of a file that gives probabilities only, what has these probabilities. */
function logitsIn(network: Network, outputs: Readonly<Record<string, Float32Array>>): Float32Array {
  const { logits, probabilities } = outputs
  if (logits !== undefined) return logits
  if (probabilities === undefined) return Object.values(outputs)[0] ?? new Float32Array()
  const several = taskOf(network).task.several
  const within = (value: number): number => Math.min(1 - 1e-7, Math.max(1e-30, value))
  return probabilities.map((value) => Math.log(within(value)) - (several ? Math.log(1 - within(value)) : 0))
}

function probabilitiesOf(network: Network, values: Float32Array): Float32Array {
  if (network.head === null) return values
  const { task, head } = taskOf(network)
  const rows = task.decode({ values, width: head.names.length }, head)
  return Float32Array.from(rows.flatMap(({ probabilities }) => probabilities))
}

function bestOf(all: Float32Array, index: number, width: number): number {
  const row = all.subarray(index * width, (index + 1) * width)
  return row.indexOf(row.reduce((most, value) => Math.max(most, value), -Infinity))
}
