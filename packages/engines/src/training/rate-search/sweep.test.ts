import { describe, expect, it } from 'vitest'
import { openSession, sweep, weightsHash } from '../../node/training.js'
import { takeStep } from '../session/take-step.js'
import { createFakeEngine } from '../testing/fake-engine.js'
import { noiseSource, smallNetwork } from '../testing/small-problem.js'

function problem(signal = 2) {
  const engine = createFakeEngine()
  const engines = { forward: engine, training: engine }
  return { engine, ...smallNetwork(), engines, train: noiseSource({ count: 30, signal }), settings: { batchSize: 8 } }
}

/** A range test from small to far too large. */
const rates = Array.from({ length: 40 }, (_, index) => 10 ** (-5 + index / 4))

describe('a sweep over learning rates', () => {
  it('gives the loss of every step, ends where it has risen, and leaves the weights as they were', async () => {
    const given = problem(0.6)
    const before = weightsHash(given.tensors)
    const { points, end, engine } = await sweep({ ...given, rates, stopAbove: 4 })
    expect(points.map(({ rate }) => rate)).toEqual(rates.slice(0, points.length))
    const losses = points.map(({ loss }) => loss)
    expect(Math.min(...losses)).toBeLessThan((losses[0] ?? 0) * 0.8)
    expect(end).toEqual({ kind: 'risen', step: points.length - 1 })
    expect(engine).toBe('fake')
    expect(weightsHash(given.tensors)).toBe(before)
    expect(given.engine.calls.disposed).toBe(given.engine.calls.made)
  })

  it('gives the same points again', async () => {
    const again = async (): Promise<unknown> => (await sweep({ ...problem(), rates: rates.slice(0, 12) })).points
    expect(await again()).toEqual(await again())
  })

  it('has divergence as its result, with the step and the rate', async () => {
    const { points, end } = await sweep({ ...problem(1e30), rates: [1e-3, 1, 1, 1, 1, 1] })
    expect(end).toMatchObject({ kind: 'diverged', at: 'training', step: points.length })
    expect(points.length).toBeLessThan(6)
  })

  it('goes through the batches of a training, epoch after epoch', async () => {
    const given = problem(0.6)
    await sweep({ ...given, rates: rates.slice(0, 9) })
    // 30 images in batches of 8: four steps an epoch.
    expect(given.engine.calls.steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  it.each([
    ['none', [], 'no learning rates'],
    ['one that is no number', [0.1, Number.NaN], 'is NaN'],
    ['a negative one', [-1], 'is -1'],
  ])('refuses rates: %s', async (_, wrong, message) => {
    await expect(sweep({ ...problem(), rates: wrong })).rejects.toThrow(message)
  })
})

describe('a session', () => {
  it('takes steps one by one, and says what came of each', async () => {
    const given = problem(0.6)
    const session = await openSession(given)
    const losses: number[] = []
    for (const [step, indices] of session.batches.epoch(0).entries()) {
      const outcome = await takeStep(session, { step, indices, view: 0, rate: 0.1 })
      if (outcome.kind === 'diverged') throw new Error('It diverged.')
      expect(outcome.logits.shape).toEqual([indices.length, 3])
      losses.push(outcome.loss)
    }
    expect(losses).toHaveLength(4)
    expect(weightsHash(await session.trainer.weights())).not.toBe(weightsHash(given.tensors))
    await session.dispose()
    expect(given.engine.calls.disposed).toBe(given.engine.calls.made)
  })
})
