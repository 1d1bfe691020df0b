import { applyAdvice, type DatasetValue } from '@graft/graph-schema'
import { reinitialize } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeNode } from '../../testing/describe-node.js'
import { affordableImages, secondsForPasses } from './features/affordable.js'
import { scenarioAdvisor } from './scenario-advisor.js'
import type { ModelValue } from '../../sdk/values.js'
import { type Advisor, openAdvisor } from '../../testing/ask-advisor.js'

describeNode(scenarioAdvisor)

let advisor: Advisor
beforeAll(async () => {
  advisor = await openAdvisor()
})
afterAll(() => advisor.close())

describe('Scenario Advisor', () => {
  it('measures every cut, recommends a candidate that it measured, and gives every number an interval', async () => {
    const advice = await advisor.ask(advisor.few(3, 8), 3)
    const stages = advice.profiles[0]?.cuts.map(({ stage }) => stage)
    expect(stages).toEqual(['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'stage5'])
    const chosen = advice.candidates.find(({ id }) => id === advice.recommendation.candidate)
    expect(chosen).toMatchObject({ status: 'measured', recipe: 'leastSquares', features: 'all', cut: null })
    const { value, low, high } = chosen?.accuracy ?? { value: 0, low: 0, high: 0 }
    expect([low < value || value === 0, value < high || value === 1, high - low > 0.1]).toEqual([true, true, true])
    expect(advice.curve?.promise?.pictures).toBe(48)
    expect(advice.textbook).not.toBeNull()
    const { nodes } = applyAdvice({ ...advice, data: { ...advice.data, folder: '/photos' } }, null)
    expect(nodes['train']?.params).toMatchObject({ method: 'leastSquares' })
  })

  it('shows one progress that never goes back', async () => {
    const shares = advisor.progress()
    expect(shares.length).toBeGreaterThan(2)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  })

  it('recommends least squares by a part of the images too, where Train takes all of them', async () => {
    const { candidates, recommendation } = await advisor.ask(advisor.few(2, 15), 2, { params: { pictures: 20 } })
    expect(candidates.find(({ id }) => id === recommendation.candidate)?.recipe).toBe('leastSquares')
  })

  it('asks a second network for the price of its own pass, and ten more images for ten passes each', async () => {
    // One that has seen nothing yet.
    const own = await openAdvisor()
    const other: ModelValue = { kind: 'model', network: reinitialize(own.model.network, { seed: 7 }) }
    await own.ask(own.few(2, 4), 2)
    own.passes()
    const both = await own.ask(own.few(2, 4), 2, { models: [own.model, other] })
    expect(own.passes()).toBe(8)
    expect(both.networks.map(({ computed, cached }) => [computed, cached])).toEqual([
      [0, 8],
      [8, 0],
    ])
    expect(both.profiles).toHaveLength(2)
    const more = await own.ask(own.few(2, 9), 2, { models: [own.model, other] })
    expect(own.passes()).toBe(20)
    expect(more.networks.map(({ computed, cached }) => [computed, cached])).toEqual([
      [10, 8],
      [10, 8],
    ])
    own.close()
  })
})

describe('Scenario Advisor on fine-tuning', () => {
  it('says that it was not measured, and with how long it would take, unless it is asked to try', async () => {
    const { candidates, recommendation } = await advisor.ask(advisor.few(2, 5), 2)
    const fineTune = candidates.find(({ recipe }) => recipe === 'fineTune')
    expect(fineTune).toMatchObject({ status: 'predicted', accuracy: null, basis: expect.stringContaining('Not tried') })
    expect(fineTune?.seconds).toBeGreaterThan(0)
    expect(recommendation.notMeasured.join(' ')).toContain('fine-tuning')
  })

  it('tries it for a few epochs on a part of the images, and compares on the part that was kept away', async () => {
    const { candidates, recommendation } = await advisor.ask(advisor.few(2, 5), 2, { params: { tryFineTuning: true } })
    const fineTune = candidates.find(({ recipe }) => recipe === 'fineTune')
    expect(fineTune).toMatchObject({ status: 'tried', basis: expect.stringMatching(/3 of its 8 epochs.*2 images/) })
    const { value = -1, low = 1, high = 0 } = fineTune?.accuracy ?? {}
    expect([[0, 0.5, 1].includes(value), low <= value, value <= high, high - low > 0.3]).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(recommendation.why.join(' ')).toContain('Training the network itself')
    expect(recommendation.notMeasured.join(' ')).not.toContain('fine-tuning')
    expect(candidates.find(({ recipe }) => recipe === 'scratch')?.accuracy).toBeNull()
  })

  it('looks at as many images as there is time for, by what a few of them take', async () => {
    const few = advisor.few(2, 3)
    const images = { classNames: ['a', 'b'] } as unknown as DatasetValue
    const most = (minutes: number) =>
      affordableImages(images, few, [advisor.model], { minutes, tryFineTuning: false }, advisor.context)
    expect([await most(1e-9), await most(1e9)]).toEqual([100, 2000])
  })

  it('leaves tried fine-tuning its part of the minutes: ten times as long as all the rest', () => {
    const [without, withIt] = [false, true].map((tryFineTuning) => secondsForPasses({ minutes: 11, tryFineTuning }))
    expect([without, withIt]).toEqual([495, 45])
  })

  it('says as its workload what it may look at, by the number of images or, with minutes, at most 2,000', () => {
    const images = { kind: 'dataset', count: 3000 } as unknown as DatasetValue
    const workload = (params: object) =>
      scenarioAdvisor.workload?.({ inputs: { images }, params: scenarioAdvisor.params.parse(params) })
    expect(workload({})).toEqual({ forward: 800, training: 0 })
    expect(workload({ minutes: 5, tryFineTuning: true })).toEqual({ forward: 2000, training: 6000 })
  })

  it('shows one progress over all networks that it tries', async () => {
    const other: ModelValue = { kind: 'model', network: reinitialize(advisor.model.network, { seed: 7 }) }
    advisor.progress()
    await advisor.ask(advisor.few(2, 5), 2, { models: [advisor.model, other], params: { tryFineTuning: true } })
    const shares = advisor.progress()
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  })
})

describe('Scenario Advisor says plainly what can not be known', () => {
  const codes = ({ unknowns }: Awaited<ReturnType<Advisor['ask']>>): string[] => unknowns.map(({ code }) => code)

  it('of one class: nothing, and to add a second', async () => {
    const advice = await advisor.ask(advisor.few(1, 4), 1)
    expect(codes(advice)).toEqual(['one-class'])
    expect(advice.recommendation).toMatchObject({ candidate: null, words: expect.stringContaining('second folder') })
    expect(() => applyAdvice(advice, null)).toThrow(/recommends nothing/)
  })

  it('of two images: nothing', async () => {
    const advice = await advisor.ask(advisor.few(2, 1), 2)
    expect(codes(advice)).toEqual(['too-few'])
    expect(advice).toMatchObject({ position: null, curve: null, candidates: [], recommendation: { candidate: null } })
  })

  it('of no image with a class: nothing', async () => {
    const advice = await advisor.ask(
      advisor.few(1, 3).map((sample) => ({ ...sample, label: -1 })),
      1,
    )
    expect(codes(advice)).toEqual(['no-pictures', 'unlabelled'])
    expect(advice.data.unlabelled).toBe(3)
  })

  it('of images that are all the same: nothing, however many there are', async () => {
    const [one] = advisor.few(1, 1)
    const same = Array.from({ length: 8 }, (_, index) => ({ ...one!, id: `${index}`, label: index % 2 }))
    const advice = await advisor.ask(same, 2)
    expect(codes(advice)).toEqual(['too-few'])
    expect(advice.findings).toContainEqual(
      expect.objectContaining({ kind: 'duplicates', severity: 'warning', count: 16 }),
    )
  })

  it('of a class of copies: how well it is recognised; the others are measured without it', async () => {
    const [copied] = advisor.few(3, 1).slice(2)
    const copies = Array.from({ length: 6 }, (_, index) => ({ ...copied!, id: `copy ${index}` }))
    const advice = await advisor.ask([...advisor.few(2, 6), ...copies], 3)
    expect(codes(advice)).toContain('single-pictures')
    expect(advice.unknowns.find(({ code }) => code === 'single-pictures')?.words).toContain('class 2')
    expect(advice.profiles[0]?.pictures).toBe(12)
  })

  it('of a rare class: that an accuracy over all images hides it', async () => {
    const frequent = advisor.few(1, 30)
    const advice = await advisor.ask([...frequent, ...advisor.few(2, 2).slice(2)], 2)
    expect(advice.findings.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(
      expect.arrayContaining(['imbalance warning', 'fewPictures warning']),
    )
    expect(advice.guessing?.value).toBeCloseTo(frequent.length / (frequent.length + 2))
    expect(codes(advice)).toContain('guessing')
  })

  it('of a test part: nothing is looked at; without one it says so', async () => {
    const sealed = advisor
      .few(2, 10)
      .map((sample, index) => (index % 5 === 0 ? { ...sample, split: 'test' as const } : sample))
    const advice = await advisor.ask(sealed, 2)
    expect(advice.data).toMatchObject({ sealed: 4, pictures: 16 })
    expect(codes(advice)).not.toContain('no-test')
    expect(codes(await advisor.ask(advisor.few(2, 8), 2))).toContain('no-test')
  })
})
