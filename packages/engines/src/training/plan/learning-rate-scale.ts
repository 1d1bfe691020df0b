import type { Network } from '@graft/network'
import { EngineError } from '../../engine.js'
import type { TrainSettings } from '../settings/index.js'

type ScaleSettings = Pick<TrainSettings, 'stageMultipliers' | 'layerDecay' | 'backboneMultiplier'>

/**
 * Multiplier on the learning rate of every trainable parameter, by name: its stage's (see `stageFactor`). A parameter
 * shared by several stages takes the smallest. Throws EngineError for a multiplier of a stage that isn't there.
 */
export function learningRateScale(network: Network, settings: ScaleSettings): Record<string, number> {
  refuseUnknownStages(network, settings.stageMultipliers)
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const scale: Record<string, number> = {}
  network.stages.forEach((stage, index) => {
    const factor = stageFactor(stage.name, network.stages.length - 1 - index, settings)
    for (const parameter of stage.layers.flatMap((name) => Object.values(layers.get(name)?.parameters ?? {}))) {
      if (network.parameters[parameter]?.trainable) scale[parameter] = Math.min(scale[parameter] ?? Infinity, factor)
    }
  })
  return scale
}

/**
 * What the learning rate of a stage is multiplied with, `distance` stages away from the last one: its own multiplier
 * where it has one, taken at its word; else `layerDecay ^ distance` (timm's layer decay, a stage being a layer group),
 * times `backboneMultiplier` for every stage but the head. 0: the stage stays as it is. Pure.
 */
export function stageFactor(
  stage: string,
  distance: number,
  { stageMultipliers, layerDecay, backboneMultiplier }: ScaleSettings,
): number {
  if (Object.hasOwn(stageMultipliers, stage)) return stageMultipliers[stage] ?? 1
  return (stage === 'head' ? 1 : backboneMultiplier) * layerDecay ** distance
}

function refuseUnknownStages(network: Network, multipliers: Readonly<Record<string, number>>): void {
  const names = network.stages.map((stage) => stage.name)
  const unknown = Object.keys(multipliers).filter((name) => !names.includes(name))
  if (unknown.length === 0) return
  throw new EngineError(
    `There is a learning-rate multiplier for "${unknown.join('", "')}", but ${network.name} has no such stage. ` +
      `Its stages are: ${names.join(', ')}.`,
    'Use one of these names in stageMultipliers, or remove the entry.',
  )
}
