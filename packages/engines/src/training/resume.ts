import { type Engine, EngineError } from '../engine.js'
import { canonicalJson } from '../host/hashes.js'
import type { FitCheckpoint, FitCheckpoints } from './plan/checkpoint.js'
import type { FitPlan } from './plan/plan-fit.js'
import type { TrainSettings } from './settings/index.js'
import type { BatchPlan } from './steps/batches.js'

/** Identifies everything that the resulting weights depend on. */
export async function fingerprintOf(
  { host: { hashes }, options }: FitPlan,
  settings: TrainSettings,
  trainingEngine: Engine,
): Promise<string> {
  const { network, tensors, engines, train, validation } = options
  const keys = (source = train): string =>
    hashes.text(
      Array.from(
        { length: source.count },
        (_, index) => `${String(source.labels[index])} ${source.key(index, 0)}`,
      ).join('\n'),
    )
  const engineIds = [await engines.forward.probe(), await trainingEngine.probe()].map(({ id, backend, versions }) => ({
    id,
    backend,
    versions,
  }))
  const parameters = Object.entries(network.parameters).map(([name, { trainable }]) => [name, trainable])
  return hashes.text(
    canonicalJson({
      layers: network.layers,
      stages: network.stages,
      parameters,
      settings,
      engineIds,
      weights: [...tensors].map(([name, tensor]) => [name, hashes.settled(tensor)]),
      train: keys(),
      validation: validation ? keys(validation) : null,
    }),
  )
}

/** In place of a fingerprint: a checkpoint that a person gave, whose tensors have to fit and nothing else. */
export const anyRun = 'any run'

/**
 * The newest checkpoint of just this run; null, with a warning where there is one of another. Throws EngineError where a
 * person gave one that can't be of this training's steps.
 */
export async function findCheckpoint(
  checkpoints: FitCheckpoints,
  fingerprint: string,
  { emit }: Pick<FitPlan, 'emit'>,
  batches: BatchPlan,
): Promise<FitCheckpoint | null> {
  const loaded = await checkpoints.load()
  if (!loaded) return null
  if (loaded.fingerprint !== fingerprint && loaded.fingerprint !== anyRun) {
    emit({
      type: 'log',
      level: 'warning',
      message:
        'The checkpoint belongs to another network, data set, engine or to other settings, so training starts from the beginning.',
    })
    return null
  }
  if (loaded.fingerprint === anyRun) refuseOtherSteps(loaded, batches)
  emit({
    type: 'log',
    level: 'info',
    message: `Going on from a checkpoint: epoch ${loaded.epoch + 1}, step ${loaded.position + 1} of ${batches.stepsPerEpoch}.`,
  })
  return loaded
}

/**
 * Images tell another batch size in the epoch that has begun, and the end of the epoch before tells another number of
 * steps. The optimizer alone tells neither: in float16, steps are left out whose gradients overflow, and an engine that
 * goes on without float16 no longer knows that.
 */
function refuseOtherSteps(checkpoint: FitCheckpoint, batches: BatchPlan): void {
  const { epoch, position, sums, trainer } = checkpoint
  const { stepsPerEpoch } = batches
  const images = batches.imagesIn(position)
  const before = epoch * stepsPerEpoch
  const isWithin = position <= stepsPerEpoch && trainer.step <= before + position
  if (isWithin && sums.seen === images && stepsBefore(checkpoint) === before) return
  throw new EngineError(
    `The checkpoint is of another training: it is ${position} steps and ${sums.seen} images into epoch ${epoch + 1} after ${trainer.step} steps in all, and an epoch has ${stepsPerEpoch} steps here, which would be ${images} images and ${before + position} steps in all.`,
    'Give the training the batch size and the images that the checkpoint was written with, or leave the checkpoint out.',
  )
}

/** Steps of the epochs before the one that a checkpoint is in, those included that float16 left out. */
export function stepsBefore({ epoch, position, trainer, curves }: FitCheckpoint): number {
  if (epoch === 0) return 0
  const end = curves.find((point) => point.x.name === 'epoch' && point.epoch === epoch)
  return end?.step ?? trainer.step - position
}
