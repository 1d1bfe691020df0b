import { type Engine, EngineError } from '../engine.js'
import { canonicalJson } from '../host/hashes.js'
import type { FitCheckpoint, FitCheckpoints } from './plan/checkpoint.js'
import type { FitPlan } from './plan/plan-fit.js'
import type { TrainSettings } from './settings/index.js'

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
  stepsPerEpoch: number,
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
  if (loaded.fingerprint === anyRun) refuseOtherSteps(loaded, stepsPerEpoch)
  emit({
    type: 'log',
    level: 'info',
    message: `Going on from a checkpoint: epoch ${loaded.epoch + 1}, step ${loaded.position + 1} of ${stepsPerEpoch}.`,
  })
  return loaded
}

/** In float16, steps are left out whose gradients overflow: there may be fewer. */
function refuseOtherSteps({ epoch, position, trainer }: FitCheckpoint, stepsPerEpoch: number): void {
  const expected = epoch * stepsPerEpoch + position
  const leavesOut = [...trainer.slots.keys()].some((name) => name.startsWith('scaler/'))
  const fits = trainer.step === expected || (leavesOut && trainer.step < expected)
  if (fits && position <= stepsPerEpoch) return
  throw new EngineError(
    `The checkpoint is of another training: it is ${position} steps into epoch ${epoch + 1} after ${trainer.step} steps in all, and an epoch has ${stepsPerEpoch} steps here, which would be ${expected} in all.`,
    'Give the training the batch size and the images that the checkpoint was written with, or leave the checkpoint out.',
  )
}
