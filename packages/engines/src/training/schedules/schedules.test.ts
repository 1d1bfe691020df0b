import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { learningRateMultiplier, schedules, type ScheduleSettings, scheduleSettings } from './index.js'

const course = (settings: ScheduleSettings, totalSteps: number, stepsPerEpoch = 1, warmupSteps = 0): number[] =>
  Array.from({ length: totalSteps }, (_, step) =>
    learningRateMultiplier({ step, totalSteps, stepsPerEpoch }, settings, warmupSteps),
  )

const close = (actual: readonly number[], expected: readonly number[], digits = 12): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, digits))
}

/** Falls and stands still by turns, with a value that only just improves. */
const monitored = [3, 2, 2.5, 2, 2.2, 1.9, 1.95, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.8999, 2, 2, 2]
const plateauCourse = (better: 'higher' | 'lower'): number[] =>
  Array.from({ length: monitored.length + 1 }, (_, epochs) =>
    learningRateMultiplier(
      { step: epochs, totalSteps: 40, stepsPerEpoch: 1, values: monitored.slice(0, epochs), better },
      { name: 'plateau', patience: 2, factor: 0.3 },
    ),
  )

describe('learning-rate schedules', () => {
  it('are all accepted by the settings, with defaults', () => {
    for (const { name } of schedules) expect(scheduleSettings.parse({ name }).name).toBe(name)
  })

  it('constant stays', () => close(course({ name: 'constant' }, 3), [1, 1, 1]))

  it('step drops by its factor after each fixed number of epochs', () => {
    close(
      course({ name: 'step', everyEpochs: 2, factor: 0.1 }, 12, 2),
      [1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01],
    )
  })

  it('on a plateau the rate drops once more than the patience has passed without improvement', () => {
    const at = (values: readonly number[]): number =>
      learningRateMultiplier(
        { step: 9, totalSteps: 10, stepsPerEpoch: 1, values, better: 'lower' },
        { name: 'plateau', patience: 1, factor: 0.5 },
      )
    close([at([]), at([2, 1]), at([1, 2]), at([1, 2, 2]), at([1, 2, 2, 0, 1, 1])], [1, 1, 1, 0.5, 0.25])
  })

  it('cosine halves in the middle and ends near its final fraction', () => {
    close(course({ name: 'cosine', finalFraction: 0.2 }, 4), [
      1,
      0.2 + 0.4 * (1 + Math.SQRT1_2),
      0.6,
      0.2 + 0.4 * (1 - Math.SQRT1_2),
    ])
  })

  it('one cycle starts at 1/div, peaks at 1 and ends at 1/divFinal', () => {
    const values = course({ name: 'oneCycle', riseFraction: 0.3, div: 10, divFinal: 1000 }, 20)
    expect(values[0]).toBeCloseTo(0.1, 12)
    expect(values[5]).toBeCloseTo(1, 12)
    expect(values[19]).toBeCloseTo(0.001, 12)
    expect(Math.max(...values)).toBe(values[5])
  })

  it.each([1, 2, 3])('one cycle stays finite and positive in a run of %i steps', (totalSteps) => {
    for (const value of course({ name: 'oneCycle', riseFraction: 0.25, div: 25, divFinal: 1e5 }, totalSteps))
      expect(value > 0 && value <= 1).toBe(true)
  })

  it('warm-up rises linearly to the full rate, then the schedule runs over what is left', () => {
    close(course({ name: 'cosine', finalFraction: 0 }, 6, 1, 2), [
      0.5,
      1,
      1,
      0.5 * (1 + Math.SQRT1_2),
      0.5,
      0.5 * (1 - Math.SQRT1_2),
    ])
  })
})

describe('learning-rate schedules agree with PyTorch', () => {
  const script = `
import json, torch
from torch.optim.lr_scheduler import OneCycleLR, CosineAnnealingLR, ReduceLROnPlateau, StepLR
def course(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]['lr'])
        optimizer.step(); scheduler.step() if len(values) < steps else None
    return values
def plateau(values, mode):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = ReduceLROnPlateau(optimizer, mode=mode, factor=0.3, patience=2, threshold=0, eps=0)
    rates = [1.0]
    for value in values:
        scheduler.step(value)
        rates.append(optimizer.param_groups[0]['lr'])
    return rates
values = json.loads('VALUES')
print(json.dumps([
    plateau(values, 'min'), plateau(values, 'max'),
    course(lambda o: OneCycleLR(o, max_lr=1.0, total_steps=37, pct_start=0.3, div_factor=25, final_div_factor=4000, anneal_strategy='cos'), 37),
    course(lambda o: CosineAnnealingLR(o, T_max=20, eta_min=0.05), 20),
    course(lambda o: StepLR(o, 6, 0.3), 20)]))`
  const python = spawnSync('/usr/bin/python3', ['-c', script.replace('VALUES', JSON.stringify(monitored))], {
    encoding: 'utf8',
  })
  if (python.status !== 0) console.warn('skipped: /usr/bin/python3 has no torch')

  it.skipIf(python.status !== 0)('step by step', () => {
    const [lower, higher, oneCycle, cosine, step] = JSON.parse(python.stdout) as number[][] as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ]
    close(plateauCourse('lower'), lower, 10)
    close(plateauCourse('higher'), higher, 10)
    close(course({ name: 'oneCycle', riseFraction: 0.3, div: 25, divFinal: 25 * 4000 }, 37), oneCycle, 10)
    close(course({ name: 'cosine', finalFraction: 0.05 }, 20), cosine, 10)
    close(course({ name: 'step', everyEpochs: 3, factor: 0.3 }, 20, 2), step, 10)
  })
})
