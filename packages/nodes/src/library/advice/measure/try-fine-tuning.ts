import { fit, type FitEvent, predictLogits } from '@graft/engines'
import { fineTuneSettings } from '@graft/graph-schema'
import { addHead, freeze, type Network } from '@graft/network'
import { createImageLoader, type ImageLoader } from '../../../loader/index.js'
import type { NodeContext } from '../../../sdk/node-context.js'
import { progressOf } from '../../../sdk/progress.js'
import { loadModelTensors } from '../../support/model-weights.js'
import { standIns } from '../../support/stand-ins.js'
import { independentOf, type Subject } from './subject.js'

/** What came of fine-tuning on a small budget: a few epochs, on one fold. */
export interface TriedFineTuning {
  readonly epochs: number
  /** Rows of the subject that were kept away, and whether each was recognised. */
  readonly rows: readonly number[]
  readonly hits: Float64Array
  /** How many of these are no copies of each other. */
  readonly independent: number
  /** What all epochs on all images are expected to take: by the time that these took. */
  readonly seconds: number
}

const epochs = 3

/**
 * A solved head and then the whole network, as the candidate says but for fewer epochs, taught by all folds but the first
 * and asked about that one.
 */
export async function tryFineTuning(trunk: Network, subject: Subject, context: NodeContext): Promise<TriedFineTuning> {
  const [folds = new Int32Array(0)] = subject.folds
  const inFold = (wanted: boolean): number[] => [...folds.keys()].filter((row) => (folds[row] === 0) === wanted)
  const [taught, rows] = [inFold(false), inFold(true)]
  const open = (some: readonly number[]): ImageLoader => openRows(some, trunk, subject, context)
  const [train, held] = [open(taught), open(rows)]
  try {
    const { network, tensors, seconds } = await trainBoth(trunk, subject, train, context)
    const { logits, classes } = await predictLogits(context.engines.forward, network, tensors, held, {
      signal: context.signal,
      ...standIns(context),
    })
    const hits = Float64Array.from(rows, (row, index) => {
      const own = logits.subarray(index * classes, (index + 1) * classes)
      return own.indexOf(Math.max(...own)) === subject.labels[row] ? 1 : 0
    })
    const share = (fineTuneSettings.epochs / epochs) * (subject.rows.length / taught.length)
    const independent = independentOf({ groups: rows.map((row) => subject.groups[row] ?? '') })
    return { epochs, rows, hits, independent, seconds: share * seconds }
  } finally {
    await Promise.all([train.close(), held.close()])
  }
}

function openRows(
  rows: readonly number[],
  { preprocessing }: Network,
  { looked, rows: all, labels }: Subject,
  { signal }: NodeContext,
): ImageLoader {
  const samples = rows.flatMap((row) => {
    const sample = looked.samples[all[row] ?? 0]
    return sample === undefined ? [] : [{ ...sample, label: labels[row] ?? 0 }]
  })
  return createImageLoader({ samples, transforms: [], preprocessing, seed: 0, signal })
}

/** The head by the solver, then everything by gradient descent; the time is that of the second. */
async function trainBoth(
  trunk: Network,
  { classes, looked }: Subject,
  train: ImageLoader,
  context: NodeContext,
): Promise<{ readonly network: Network } & Pick<Awaited<ReturnType<typeof fit>>, 'tensors' | 'seconds'>> {
  const classNames = classes.map((label) => looked.classNames[label] ?? '')
  const headed = freeze(addHead(trunk, { classNames, pooling: 'average', hidden: [], dropout: 0, seed: 0 }), {
    frozen: true,
  })
  const { engines, cacheDirectory, signal, store } = context
  const common = { engines, train, cacheDirectory, signal }
  const before = await loadModelTensors({ kind: 'model', network: headed }, store)
  const solved = await fit({ ...common, network: headed, tensors: before, settings: { method: 'solver' } })
  const network = freeze(headed, { frozen: false })
  const settings = { ...fineTuneSettings, epochs }
  const progress = progressOf(context, 'steps')
  const onEvent = (event: FitEvent): void => {
    if (event.type === 'progress' && event.unit === 'steps') progress(event.done, event.total)
  }
  const { tensors, seconds } = await fit({ ...common, network, tensors: solved.tensors, settings, onEvent })
  return { network, tensors, seconds }
}
