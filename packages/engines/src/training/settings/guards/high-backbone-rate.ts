import type { Network } from '@graft/network'
import type { Guard } from './guard.js'

/** Rates beyond which pre-trained weights are lost rather than tuned (Adam and its kind; SGD). */
const highest = { adam: 1e-3, sgd: 1e-2 }

export const highBackboneRate: Guard = {
  code: 'high-backbone-rate',
  field: 'backboneMultiplier',
  check: ({ learningRate, optimizer }, run) => {
    if (run === null) return null
    const limit = optimizer === 'sgd' ? highest.sgd : highest.adam
    const rates = learnedBackbone(run.network).map((name) => learningRate * (run.learningRateScale[name] ?? 1))
    const rate = Math.max(0, ...rates)
    if (rate <= limit * (1 + 1e-9)) return null
    return {
      message: `Pre-trained stages are to learn at a rate of ${short(rate)}, above which what they know is lost (${short(limit)} with ${optimizer}).`,
      fix: `Set backboneMultiplier to ${short(limit / 10 / learningRate)} or so, or learningRate lower.`,
    }
  },
}

/** Trainable parameters before the head whose values were learned, not drawn. */
function learnedBackbone({ layers, stages, parameters }: Network): readonly string[] {
  const head = new Set(stages.find(({ name }) => name === 'head')?.layers)
  const before = layers.filter(({ name }) => !head.has(name)).flatMap((layer) => Object.values(layer.parameters))
  return before.filter((name) => parameters[name]?.trainable && parameters[name].source.kind !== 'initializer')
}

const short = (value: number): number => Number(value.toPrecision(2))
