import { type Engine, measureRanges, taskOf } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import {
  foldAdapters,
  type FormatWriter,
  type Network,
  type PyTorchModel,
  pytorchModelOf,
  type Tensors,
} from '@graft/network'
import { NodeError } from '../sdk/node-error.js'
import { checkFile, type FileCheck } from './check-file.js'
import { describeCheck } from './describe-check.js'
import { imageBatches, spread } from './image-batches.js'
import { testImages } from './test-images.js'

export interface ExportRequest {
  readonly writer: FormatWriter
  readonly network: Network
  readonly tensors: Tensors
  /** Images to measure ranges on; none: formats that need them are refused. */
  readonly training: readonly Sample[]
  /** Images to compare answers on; none: generated ones. */
  readonly comparing: readonly Sample[]
  readonly metadata: Readonly<Record<string, string>>
  /** Write adapters as the layers that they are, in place of folding them into the weights beside them. */
  readonly keepsAdapters?: boolean
  readonly engine: Engine
  readonly signal: AbortSignal
}

export interface WrittenExport {
  readonly bytes: Uint8Array
  readonly check: FileCheck
  /** The model of PyTorch that takes the file, where it is a state dict of one. */
  readonly architecture: PyTorchModel | null
  /** What was found, and whether it is as it should be. */
  readonly found: { readonly text: string; readonly fine: boolean }
}

/** Ranges hardly change with more. */
const measuredImages = 100
/** Enough to see whether a file answers as it should. */
const [comparedImages, generatedImages] = [1000, 8]

/** Writes a network in a format and runs what was written. Throws NodeError where the format can't take the network. */
export async function writeAndCheck(request: ExportRequest): Promise<WrittenExport> {
  const { writer, training, comparing, metadata, signal } = request
  refuseUnfit(request)
  const { network, tensors } = request.keepsAdapters ? request : foldAdapters(request.network, request.tensors)
  const measure = measureRanges(imageBatches(spread(training, measuredImages), network.preprocessing, signal))
  const bytes = await writer.write(network, tensors, {
    metadata,
    ...(writer.measures === true && { measure }),
    ...(network.head !== null && { activation: taskOf(network).task.activation }),
  })
  const own = comparing.length > 0
  const samples = own ? spread(comparing, comparedImages) : testImages(generatedImages)
  const check = await checkFile({ ...request, bytes, samples })
  const architecture = writer.stateDict === true ? pytorchModelOf(network, tensors) : null
  return { bytes, check, architecture, found: describeCheck(writer, check, own ? 'own' : 'generated') }
}

function refuseUnfit({ writer, network, training }: ExportRequest): void {
  if (writer.needsClassifier && network.head === null)
    throw new NodeError(
      'model',
      `${network.name} has no classifier to export.`,
      'Connect a network with a head, or choose a format of weights only.',
    )
  if (writer.measures === true && training.length === 0)
    throw new NodeError(
      'images',
      `${writer.title} needs images: the ranges of values are measured on them.`,
      'Connect the training images of Split to Images (`graft convert`: --images FOLDER).',
    )
}
