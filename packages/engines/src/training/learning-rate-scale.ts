import type { Network } from '@graft/network'
import { EngineError } from '../engine.js'
import type { TrainSettings } from './settings.js'

type ScaleSettings = Pick<TrainSettings, 'stageMultipliers' | 'layerDecay' | 'headMultiplier'>

/**
 * Multiplier on the learning rate of every trainable parameter, by name. A stage's multiplier is its own
 * (`stageMultipliers`) times
 * `layerDecay ^ distance from the last stage` (timm's layer decay, a stage being a layer group) times `headMultiplier`
 * for the stage `head`. A parameter shared by several stages takes the smallest. Throws EngineError for a multiplier of
 * a stage that isn't there.
 */
export function learningRateScale(network: Network, settings: ScaleSettings): Record<string, number> {
  refuseUnknownStages(network, settings.stageMultipliers)
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const scale: Record<string, number> = {}
  network.stages.forEach((stage, index) => {
    const multiplier = stageMultiplier(stage.name, network.stages.length - 1 - index, settings)
    for (const parameter of stage.layers.flatMap((name) => Object.values(layers.get(name)?.parameters ?? {}))) {
      if (network.parameters[parameter]?.trainable)
        scale[parameter] = Math.min(scale[parameter] ?? Infinity, multiplier)
    }
  })
  return scale
}

function stageMultiplier(
  stage: string,
  distance: number,
  { stageMultipliers, layerDecay, headMultiplier }: ScaleSettings,
): number {
  const own = Object.hasOwn(stageMultipliers, stage) ? (stageMultipliers[stage] as number) : 1
  return own * layerDecay ** distance * (stage === 'head' ? headMultiplier : 1)
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
