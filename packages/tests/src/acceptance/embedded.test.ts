import { afterAll, describe, expect, it } from 'vitest'
import { accuracyOf, eventsOf, nodesThatRan, Workplace } from './run-graft.js'
import { trainingDetail } from './stored.js'

const first = new Workplace()
const second = new Workplace()
afterAll(() => {
  first.remove()
  second.remove()
})

describe('the small-and-similar template on the embedded data', () => {
  it('trains a head that is far better than chance, and gives the same weights in another place', async () => {
    const [one, two] = [await first.run('small-similar'), await second.run('small-similar', '--to', 'train')]
    expect(one.stderr).toBe('')
    expect(one.code).toBe(0)
    expect(accuracyOf(one, 'evaluate')).toBeGreaterThan(0.85)
    expect((await trainingDetail(second, two)).weightsHash).toBe((await trainingDetail(first, one)).weightsHash)
  })

  it('proves that every frozen parameter and batch-norm statistic stayed as it was', async () => {
    const { freezeProof } = await trainingDetail(first, await first.run('small-similar'))
    expect(freezeProof.length).toBeGreaterThan(60)
    expect(freezeProof.filter((entry) => entry.statistic).length).toBeGreaterThan(20)
    expect(freezeProof.filter((entry) => !entry.identical)).toEqual([])
  })

  it('reuses everything when run again, and says so', async () => {
    const again = await first.run('small-similar')
    expect(nodesThatRan(again)).toEqual([])
    expect(eventsOf(again, 'node-cached').map((event) => event.reason)).toEqual(
      Array.from({ length: 10 }, () => expect.stringMatching(/reused|nothing changed/)),
    )
  })

  it("re-runs Train and what follows when the head's learning rate changes, nothing else, and says why", async () => {
    const changed = await first.run('small-similar', '--set', 'train.learningRate=0.02')
    expect(nodesThatRan(changed).toSorted()).toEqual(['evaluate', 'export', 'report', 'train'])
    const reason = eventsOf(changed, 'node-started').find((event) => event.node === 'train')?.reason
    expect(reason).toMatch(/learningRate.*0\.01.*0\.02/)
  })
})

describe.each(['large-similar', 'small-different', 'large-different'])('the %s template', (template) => {
  it('runs from end to end, here with few epochs', async () => {
    const phases = template === 'large-similar' ? ['train', 'finetune'] : ['train']
    const run = await first.run(template, ...phases.flatMap((phase) => ['--set', `${phase}.epochs=1`]))
    expect(run.code).toBe(0)
    expect(eventsOf(run, 'node-failed')).toEqual([])
    expect(accuracyOf(run, 'evaluate')).toBeGreaterThan(0.12)
  })
})
