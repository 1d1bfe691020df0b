import { freeze, type Network } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { testNetwork } from '../../../testing/test-networks.js'
import { trainSettings, type TrainSettingsInput } from '../schema.js'
import { checkTrainSettings } from '../rules.js'
import { guards, type GuardedRun } from './index.js'

const { network } = testNetwork({ classes: 3, inputSize: 64 })

/** The network with weights that were learned, which only the way they are stored tells. */
const learned: Network = {
  ...network,
  parameters: Object.fromEntries(
    Object.entries(network.parameters).map(([name, parameter]) => [
      name,
      name.startsWith('head') ? parameter : { ...parameter, source: { kind: 'blob', blob: name } as never },
    ]),
  ),
}
const frozen = freeze(learned, { frozen: true })
const withStatistics: Network = {
  ...frozen,
  layers: frozen.layers.map((layer) =>
    layer.operator === 'BatchNormalization' ? { ...layer, statistics: 'batch' as const } : layer,
  ),
}
const calm: GuardedRun = {
  network: frozen,
  hasFrozenPart: false,
  learningRateScale: {},
  counts: [10, 10, 10],
  images: 30,
  augmented: false,
}

type Case = readonly [TrainSettingsInput, Partial<GuardedRun>]

/** Of each guard: what it warns of, and the nearest that is all right. */
const cases: Readonly<Record<string, readonly { readonly wrong: Case; readonly right: Case }[]>> = {
  'warmup-ignored': [
    { wrong: [{ schedule: 'oneCycle', warmup: 0.1 }, {}], right: [{ schedule: 'cosine', warmup: 0.1 }, {}] },
  ],
  'stops-before-drop': [
    {
      wrong: [{ schedule: 'plateau', patience: 3, plateauPatience: 3 }, {}],
      right: [{ schedule: 'plateau', patience: 8, plateauPatience: 3 }, {}],
    },
  ],
  'balanced-twice': [
    {
      wrong: [{ sampling: 'balanced', classWeights: [1, 2, 1] }, {}],
      right: [{ sampling: 'balanced' }, {}],
    },
  ],
  'focal-balanced': [
    { wrong: [{ focalGamma: 2, sampling: 'balanced' }, {}], right: [{ focalGamma: 2 }, {}] },
    { wrong: [{ focalGamma: 2, classWeights: 'sqrt' }, {}], right: [{ classWeights: 'sqrt' }, {}] },
  ],
  'uneven-accuracy': [
    {
      wrong: [{ monitor: 'accuracy' }, { counts: [200, 19, 30] }],
      right: [{ monitor: 'macroF1' }, { counts: [200, 19, 30] }],
    },
    {
      wrong: [{ monitor: 'accuracy' }, { counts: [200, 19, 30] }],
      right: [{ monitor: 'accuracy', classWeights: 'sqrt' }, { counts: [200, 19, 30] }],
    },
  ],
  'mixed-features': [{ wrong: [{ mix: 'mixup' }, { hasFrozenPart: true }], right: [{ mix: 'mixup' }, {}] }],
  'one-augmented-view': [
    { wrong: [{ views: 1 }, { augmented: true }], right: [{ views: 0 }, { augmented: true }] },
    {
      wrong: [{ views: 1, method: 'solver' }, { augmented: true }],
      right: [{ views: 4, method: 'solver' }, { augmented: true }],
    },
  ],
  'high-backbone-rate': [
    { wrong: [{ backboneMultiplier: 3 }, { network: learned }], right: [{}, { network: learned }] },
    {
      wrong: [{ optimizer: 'sgd', learningRate: 0.1, backboneMultiplier: 0.2 }, { network: learned }],
      right: [{ optimizer: 'sgd', learningRate: 0.1, backboneMultiplier: 0.2 }, { network }],
    },
  ],
  'tiny-batch-statistics': [
    { wrong: [{ batchSize: 8 }, { network: withStatistics }], right: [{ batchSize: 8 }, {}] },
    {
      wrong: [{ batchSize: 0 }, { network: withStatistics, images: 12 }],
      right: [{ batchSize: 0 }, { network: withStatistics }],
    },
  ],
  'never-unfrozen': [
    { wrong: [{ unfreezeEvery: 2 }, {}], right: [{ unfreezeEvery: 2 }, { network: learned }] },
    { wrong: [{ unfreezeEvery: 9 }, { network: learned }], right: [{ unfreezeEvery: 4 }, { network: learned }] },
  ],
  'resized-frozen-part': [
    { wrong: [{ startSize: 32 }, { hasFrozenPart: true }], right: [{ startSize: 32 }, {}] },
    { wrong: [{ startSize: 64 }, {}], right: [{ startSize: 32 }, {}] },
  ],
}

function warnings([settings, changes]: Case): readonly string[] {
  const parsed = trainSettings.parse(settings)
  const run = { ...calm, ...changes }
  const scale = Object.fromEntries(
    Object.keys(run.network.parameters).map((name) => [name, name.startsWith('head') ? 1 : parsed.backboneMultiplier]),
  )
  return checkTrainSettings(parsed, { ...run, learningRateScale: scale }).map(({ code }) => code)
}

it('guards have nothing against what Train is set to by itself', () => {
  expect(warnings([{}, {}])).toEqual([])
  expect(warnings([{}, { network: learned }])).toEqual([])
})

describe.each(guards)('the guard $code', ({ code, check }) => {
  it.each(cases[code] ?? [])(
    'warns of what hurts, and not of the nearest that does not: $wrong.0',
    ({ wrong, right }) => {
      expect(warnings(wrong)).toContain(code)
      expect(warnings(right)).not.toContain(code)
    },
  )

  it('is tried, and says what to do by the names of fields', () => {
    const [settings = {}, changes = {}] = cases[code]?.[0]?.wrong ?? []
    const scale = Object.fromEntries(Object.keys(network.parameters).map((name) => [name, 10]))
    const found = check(trainSettings.parse(settings), { ...calm, learningRateScale: scale, ...changes })
    expect(found?.fix).toMatch(new RegExp(Object.keys(trainSettings.shape).join('|')))
  })
})
