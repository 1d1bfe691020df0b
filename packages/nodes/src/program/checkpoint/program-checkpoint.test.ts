import type { FitCheckpoint } from '@graft/engines'
import { conformanceCases } from '@graft/engines/conformance'
import { readSafetensors, type Tensors } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { torchNetwork } from '../network/torch-network.js'
import type { ProgramPhase, ProgramSource } from '../plan/program-plan.js'
import { learnedIn } from './program-tensors.js'
import { type LeftByRun, readProgramCheckpoint, takeUp, writeProgramCheckpoint } from './program-checkpoint.js'

const { network } = conformanceCases.find(
  ({ network: one }) => one.layers.at(-1)?.operator === 'Gemm' && 'bias' in one.layers.at(-1)!.parameters,
)!
const torch = torchNetwork(network)
const filled = (value: number): Tensors =>
  new Map(
    Object.entries(network.parameters).map(([name, { shape }]) => [
      name,
      { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => value + at) },
    ]),
  )
const phase = (node: string, frozen: readonly string[], optimizer = 'AdamW'): ProgramPhase =>
  ({
    ...{ node, name: node, frozen, batchStatistics: [], validation: null, monitor: 'loss', head: null, parts: [] },
    optimizer: { name: optimizer, options: {}, weightDecay: 0 },
  }) as unknown as ProgramPhase
const sourceOf = (...phases: readonly ProgramPhase[]): ProgramSource =>
  ({ plan: { phases, classes: [] }, network, torch, tensors: filled(0), files: new Map() }) as unknown as ProgramSource
const slots = (kinds: readonly string[], value: number): Tensors =>
  new Map(kinds.flatMap((kind) => [...filled(value)].map(([name, tensor]) => [`${kind}/${name}`, tensor] as const)))
const left = (checkpoint: FitCheckpoint, ...unfinished: readonly string[]): LeftByRun => ({ checkpoint, unfinished })
const checkpoint = (changed: Tensors = slots(['first', 'second'], 3)): FitCheckpoint => ({
  ...{
    fingerprint: 'x',
    epoch: 1,
    position: 2,
    sums: { loss: 1, hits: 2, seen: 3 },
    curves: [],
    seconds: 0,
    images: 0,
  },
  trainer: { step: 5, weights: filled(1), slots: changed },
  monitor: { bestEpoch: 1, bestValue: 0.5, waited: 0, stopped: false, validation: null },
  bestWeights: filled(2),
  kept: { 'moving-average': filled(4), soup: new Map([...filled(6)].map(([name, value]) => [`3/${name}`, value])) },
})
const all = [...torch.names.values()]

it('comes back bit for bit from the file of a program, with the scales of float16', () => {
  const source = sourceOf(phase('train', []))
  const scaler: Tensors = new Map([['scaler/scale', { shape: [], data: Float32Array.of(65_536) }]])
  const given = checkpoint(new Map([...slots(['first', 'second'], 3), ...scaler]))
  const { tensors, metadata } = readSafetensors(writeProgramCheckpoint(source, left(given)))
  const facts = JSON.parse(metadata['checkpoint'] ?? '')
  expect(facts).toMatchObject({
    ...{ phase: 0, optimizer: 'AdamW', step: 5 },
    ...{ scaler: { scale: 65_536 }, state: { epoch: 1, position: 2 } },
  })
  const { trainer, bestWeights, kept } = learnedIn(source, torch, source.plan.phases[0]!, tensors, facts)
  expect(trainer).toEqual(given.trainer)
  expect([bestWeights, kept]).toEqual([given.bestWeights, given.kept])
})

it.each([{}, { checkpoint: '{"phase": 0' }, { checkpoint: '{"phase": 7}' }])(
  'is refused by name where the header of the file says %j',
  (metadata) => {
    const source = sourceOf(phase('train', []))
    const { tensors } = readSafetensors(writeProgramCheckpoint(source, left(checkpoint())))
    expect(() => readProgramCheckpoint(source, { tensors, metadata })).toThrow(
      'no checkpoint of a program that this graph',
    )
  },
)

it('counts the steps that float16 left out, but not as steps of the optimizer', () => {
  const source = sourceOf(phase('train', []))
  const x = { name: 'epoch', value: 1 } as const
  const curves = [{ name: 'loss', split: 'train', epoch: 1, step: 4, value: 0.5, x } as const]
  const file = readSafetensors(writeProgramCheckpoint(source, left({ ...checkpoint(), curves })))
  expect(JSON.parse(file.metadata['checkpoint'] ?? '')).toMatchObject({ step: 6 })
  expect(readProgramCheckpoint(source, file).checkpoint).toMatchObject({ curves, trainer: { step: 5 } })
})

it('is refused between Adam and AdamW, which keep the same of each parameter', () => {
  const [source, other] = [sourceOf(phase('train', [])), sourceOf(phase('train', [], 'Adam'))]
  const [adamw, adam] = ['adamw', 'adam'].map((optimizer) => ({ ...checkpoint(), optimizer }))
  expect(takeUp(source, left(adamw!)).checkpoint).toMatchObject({ optimizer: 'adamw' })
  expect(() => takeUp(source, left(adam!))).toThrow(
    'another optimizer (adam), and the phase "train" goes on with AdamW',
  )
  expect(() => writeProgramCheckpoint(source, left(adam!))).toThrow('another optimizer (adam)')
  const file = readSafetensors(writeProgramCheckpoint(source, left(adamw!)))
  expect(readProgramCheckpoint(source, file).checkpoint).toMatchObject({ optimizer: 'adamw' })
  expect(() => readProgramCheckpoint(other, file)).toThrow('another optimizer (AdamW), and the phase "train" goes on')
})

it('goes on with the optimizer of the graph where it is older and does not name its own', () => {
  expect(takeUp(sourceOf(phase('train', [], 'Adam')), left(checkpoint()))).toMatchObject({ node: 'train' })
})

it.each([
  ['the head first', [phase('head', all.slice(0, -1)), phase('all', [])]],
  ['the head last', [phase('all', []), phase('head', all.slice(0, -1))]],
])('is of the phase that learns just what its optimizer steps: %s', (_, phases) => {
  const source = sourceOf(...phases)
  expect(takeUp(source, left(checkpoint()))).toMatchObject({ node: 'all' })
  const [last = ''] = [...torch.names].find(([, name]) => name === all.at(-1)) ?? []
  const few = new Map([...slots(['first', 'second'], 3)].filter(([name]) => name.endsWith(`/${last}`)))
  expect(takeUp(source, left(checkpoint(few)))).toMatchObject({ node: 'head' })
  expect(() => takeUp(sourceOf(phase('all', [])), left(checkpoint(few)))).toThrow('none learns just what')
})

it('is of the part of a phase that was stepped last, where layers begin to learn one after the other', () => {
  const [last = '', name = ''] = [...torch.names].at(-1) ?? []
  const first = {
    epochs: 1,
    frozen: all.filter((one) => one !== name),
    batchStatistics: [],
    fixedStages: 0,
    size: null,
  }
  const source = sourceOf({ ...phase('train', []), parts: [first] })
  const few = new Map([...slots(['first', 'second'], 3)].filter(([slot]) => slot.endsWith(`/${last}`)))
  expect(takeUp(source, left({ ...checkpoint(few), epoch: 1, position: 0 }))).toMatchObject({ node: 'train' })
  expect(takeUp(source, left({ ...checkpoint(), epoch: 1, position: 2 }))).toMatchObject({ node: 'train' })
  expect(() => takeUp(source, left({ ...checkpoint(few), epoch: 1, position: 2 }))).toThrow('none learns just what')
  const bytes = readSafetensors(writeProgramCheckpoint(source, left({ ...checkpoint(few), epoch: 1, position: 0 })))
  expect([...readProgramCheckpoint(source, bytes).checkpoint.trainer.slots.keys()].toSorted()).toEqual(
    [...few.keys()].toSorted(),
  )
})

it('has whole weights of the best epoch where a stage began to learn after it', () => {
  const [last = ''] = [...torch.names].at(-1) ?? []
  const best: Tensors = new Map([...filled(2)].filter(([key]) => key === last))
  const source = sourceOf(phase('train', []))
  const file = readSafetensors(writeProgramCheckpoint(source, left({ ...checkpoint(), bestWeights: best })))
  expect(readProgramCheckpoint(source, file).checkpoint.bestWeights).toEqual(new Map([...filled(0), ...best]))
})

it('is of the Train that the run was in where several learn the same layers', () => {
  const source = sourceOf(phase('warm', []), phase('cool', []))
  for (const node of ['warm', 'cool'])
    expect(takeUp(source, left(checkpoint(), 'report', node))).toMatchObject({ node })
  const { metadata } = readSafetensors(writeProgramCheckpoint(source, left(checkpoint(), 'cool')))
  expect(JSON.parse(metadata['checkpoint'] ?? '')).toMatchObject({ phase: 1 })
})

it.each([[[]], [['warm', 'cool']]])(
  'is refused where two phases learn the same layers and the run was in %j',
  (begun) => {
    const source = sourceOf(phase('warm', []), phase('cool', []))
    expect(() => takeUp(source, left(checkpoint(), ...begun))).toThrow(
      'each of these phases, which learn the same layers, and the run was in none of them or in several: "warm", "cool"',
    )
  },
)

it.each([
  ['another optimizer', phase('train', []), slots(['momentum'], 3)],
  ['one slot too few', phase('train', []), slots(['first'], 3)],
  ['one slot too many', phase('train', []), slots(['first', 'second', 'momentum'], 3)],
  ['other frozen layers', phase('train', all.slice(0, -1)), slots(['first', 'second'], 3)],
])('is refused for a named phase where it is of %s', (_, one, changed) => {
  expect(() => writeProgramCheckpoint(sourceOf(one), left(checkpoint(changed)), 0)).toThrow(
    'another optimizer or other frozen layers',
  )
})

it.each([
  [
    'steps what the graph does not know',
    new Map([...slots(['first'], 3), ['first/other.weight', filled(0).values().next().value!]]),
  ],
  [
    'has slots by place, as the torch engine once kept them',
    new Map([['optimizer/0/exp_avg', filled(0).values().next().value!]]),
  ],
  ['steps nothing', new Map()],
])('is refused where it %s', (_, changed) => {
  expect(() => writeProgramCheckpoint(sourceOf(phase('train', [])), left(checkpoint(changed as Tensors)))).toThrow(
    'no Train that leads to the network',
  )
})

describe('a checkpoint of a network with another head', () => {
  const [last = '', name = ''] = [...torch.names].at(-1) ?? []
  const wrong = (shape: readonly number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) })
  const wider = [(network.parameters[last]?.shape[0] ?? 0) + 1]
  const told = new RegExp(`another network: it has "${last}" as ${wider[0]}( values)?, and .* has it as`)

  it.each([`network/${name}`, `best/${name}`, `average/${name}`, `soup/3/${name}`, `optimizer/${name}/exp_avg`])(
    'is refused by name where its program has written it: %s',
    (key) => {
      const source = sourceOf(phase('train', []))
      const { tensors, metadata } = readSafetensors(writeProgramCheckpoint(source, left(checkpoint())))
      expect(tensors.has(key)).toBe(true)
      const changed = new Map([...tensors, [key, wrong(wider)]])
      expect(() => readProgramCheckpoint(source, { tensors: changed, metadata })).toThrow(told)
    },
  )

  it.each(['weights', 'slots', 'best', 'average', 'soup'])(
    'is refused where Graft has written it, for a run and for a program: %s',
    (where) => {
      const changed = (tensors: Tensors, key = last): Tensors => new Map([...tensors, [key, wrong(wider)]])
      const { trainer, bestWeights, kept, ...rest } = checkpoint()
      const given: FitCheckpoint = {
        ...rest,
        trainer: {
          step: 5,
          weights: where === 'weights' ? changed(trainer.weights) : trainer.weights,
          slots: where === 'slots' ? changed(trainer.slots, `first/${last}`) : trainer.slots,
        },
        bestWeights: where === 'best' ? changed(bestWeights ?? new Map()) : bestWeights,
        kept: {
          'moving-average': where === 'average' ? changed(filled(4)) : filled(4),
          soup: where === 'soup' ? changed(kept?.['soup'] ?? new Map(), `3/${last}`) : (kept?.['soup'] ?? new Map()),
        },
      }
      const source = sourceOf(phase('train', []))
      expect(() => takeUp(source, left(given))).toThrow(told)
      expect(() => writeProgramCheckpoint(source, left(given))).toThrow(told)
    },
  )
})
