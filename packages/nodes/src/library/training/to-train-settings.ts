import type { TrainSettingsInput } from '@graft/engines'
import type { Network } from '@graft/network'
import type { TrainParams } from './train-params.js'

/** The settings of the training loop for a node's flat params and the stages of its network. */
export function toTrainSettings(params: TrainParams, network: Network): TrainSettingsInput {
  const {
    epochs,
    batchSize,
    learningRate,
    labelSmoothing,
    classWeights,
    views,
    cacheFeatures,
    seed,
    restoreBest,
    layerDecay,
    monitor,
    patience,
  } = params
  return {
    epochs,
    batchSize: batchSize === 0 ? 'auto' : batchSize,
    learningRate,
    labelSmoothing,
    classWeights,
    views,
    cacheFeatures,
    seed,
    restoreBest,
    optimizer: toOptimizer(params),
    schedule: toSchedule(params),
    warmupFraction: params.schedule === 'oneCycle' ? 0 : params.warmup,
    // A stage with its own multiplier is taken at its word: layer decay and the backbone's factor don't apply to it.
    stageMultipliers: Object.fromEntries(network.stages.flatMap(({ name }) => stageEntry(name, params))),
    layerDecay: Object.keys(params.stageMultipliers).length > 0 ? 1 : layerDecay,
    clipNorm: params.clipNorm === 0 ? null : params.clipNorm,
    // Without patience the loop never stops early, but still ranks epochs by the monitored value.
    earlyStopping: { metric: monitor, patience: patience === 0 ? epochs : patience },
  }
}

function stageEntry(stage: string, { stageMultipliers, backboneMultiplier }: TrainParams): [string, number][] {
  const own = stageMultipliers[stage]
  if (own !== undefined) return [[stage, own]]
  return stage === 'head' ? [] : [[stage, backboneMultiplier]]
}

function toOptimizer({ optimizer, momentum, nesterov, weightDecay }: TrainParams): TrainSettingsInput['optimizer'] {
  return optimizer === 'sgd' ? { name: 'sgd', momentum, nesterov, weightDecay } : { name: optimizer, weightDecay }
}

function toSchedule({ schedule, stepEvery, stepFactor }: TrainParams): TrainSettingsInput['schedule'] {
  return schedule === 'step' ? { name: 'step', everyEpochs: stepEvery, factor: stepFactor } : { name: schedule }
}
