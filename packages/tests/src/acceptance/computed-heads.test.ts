import { afterAll, describe, expect, it } from 'vitest'
import { accuracyOf, eventsOf, Workplace } from './run-graft.js'
import { trainingDetail } from './stored.js'

const undisturbed = new Workplace()
afterAll(() => undisturbed.remove())

const recipes = [
  ['the solver, on the last stage', ['train.method=solver']],
  ['the solver, on all stages', ['train.method=solver', 'head.features=all']],
  ['least squares, on all stages', ['train.method=leastSquares', 'head.features=all']],
  [
    'class means, on chosen stages',
    ['train.method=classMeans', 'head.features=chosen', 'head.stages=["stage2","stage5"]'],
  ],
  ['nearest neighbours, on all stages', ['train.method=nearestNeighbours', 'head.features=all']],
] as const

describe.each(recipes)('a head by %s', (_, settings) => {
  const options = settings.flatMap((setting) => ['--set', setting])
  // Of its own: with the features of another recipe there would be nothing left to be killed in.
  const killed = new Workplace()
  afterAll(() => killed.remove())

  it('is as good as one that is trained, says what it chose, and has the same weights after a SIGKILL', async () => {
    const one = await undisturbed.run('small-similar', ...options, '--to', 'evaluate')
    expect(one.stderr).toBe('')
    expect(one.code).toBe(0)
    expect(accuracyOf(one, 'evaluate')).toBeGreaterThan(0.85)
    const detail = await trainingDetail(undisturbed, one)
    expect(detail.freezeProof.filter(({ identical }) => !identical)).toEqual([])
    expect(detail.solver?.validated?.hitRate).toBeGreaterThan(0.8)
    expect(eventsOf(one, 'log').some(({ message }) => message.includes('by cross-validation'))).toBe(true)

    const came = await killed.killAt(
      (event) => event.type === 'node-progress' && event.node === 'train',
      'small-similar',
      ...options,
      ...['--to', 'train'],
    )
    expect(came).toBe(true)
    const again = await killed.run('small-similar', ...options, '--to', 'train')
    expect(again.code).toBe(0)
    expect((await trainingDetail(killed, again)).weightsHash).toBe(detail.weightsHash)
  })
})
