import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Batch, Engine, TrainerSpec } from '../engine.js'
import { optimizers, type OptimizerSpec } from '../optimizers/index.js'
import { type Label, singleLabel, type Task, tasks } from '../tasks/index.js'
import { randomBatch, testNetwork } from '../testing/test-networks.js'
import { trainersUnderTest } from './engines-under-test.js'

// What every optimizer and every task promises, on every engine that trains here. A new one is tested by being listed.
const classes = 4
const { network, tensors } = testNetwork({ classes, inputSize: 16 })
const batch = randomBatch([6, 3, 16, 16], 7)
const engines = trainersUnderTest.filter(({ listed }) => listed)
const [reference, ...others] = engines

/** Labels of every shape that a task may take; each task picks those that are its own. */
const candidates: readonly Label[] = [0, 1, 2, 3, [0], [1, 3], [0, 1, 2], [2], []]
const labelsOf = (task: Task): readonly Label[] => {
  const own = candidates.filter((label) => task.accepts(label, classes))
  return Array.from({ length: 6 }, (_, index) => own[index % own.length] as Label)
}

const optimizerOf = (name: string): OptimizerSpec => {
  const found = optimizers.find((optimizer) => optimizer.name === name)
  if (found === undefined) throw new Error(`There is no optimizer ${name}.`)
  const settings = z.object({ ...found.form, ...found.code } as z.ZodRawShape).parse({})
  return { name: found.name, ...settings, weightDecay: 0.01 } as OptimizerSpec
}

async function train(engine: Engine, spec: Pick<TrainerSpec, 'optimizer' | 'loss'>, targets: Batch, rate = 3e-4) {
  const trainer = await engine.trainer(network, { tensors, seed: 1, ...spec })
  const losses: number[] = []
  for (let step = 0; step < 6; step++) losses.push((await trainer.step(batch, targets, rate, step)).loss)
  await trainer.dispose()
  return losses
}

/** Of the first steps: later ones magnify the last digits of the first, on a network that has learned nothing yet. */
const expectClose = (actual: readonly number[], expected: readonly number[]): void =>
  actual.slice(0, 3).forEach((value, index) => {
    expect(Math.abs(value - (expected[index] ?? Number.NaN))).toBeLessThan(1e-3 * Math.max(1, Math.abs(value)))
  })

describe.each(optimizers.map(({ name }) => name))('the optimizer %s', (name) => {
  const targets = singleLabel.targets(labelsOf(singleLabel), classes, { labelSmoothing: 0 })

  it.each(engines.map(({ name: engine }) => engine))('lowers the loss on %s', async (of) => {
    const engine = engines.find((candidate) => candidate.name === of)?.engine as Engine
    const losses = await train(engine, { optimizer: optimizerOf(name), loss: singleLabel.loss }, targets, 3e-3)
    expect(losses.at(-1)).toBeLessThan(losses[0] as number)
  })

  it.each(others.map(({ name: engine }) => engine))('takes the same steps on %s as on the first engine', async (of) => {
    const engine = others.find((candidate) => candidate.name === of)?.engine as Engine
    const spec = { optimizer: optimizerOf(name), loss: singleLabel.loss }
    expectClose(await train(engine, spec, targets), await train(reference?.engine as Engine, spec, targets))
  })
})

describe.each(tasks.map((task) => [task.id, task] as const))('the task %s', (_, task) => {
  const labels = labelsOf(task)
  const head = { task: task.id, names: ['ant', 'bee', 'wasp', 'fly'] }
  const values = randomBatch([labels.length, classes], 3).data
  const outputs = { values, width: classes }

  it('describes the metrics that it measures, each once, its primary one and its curves among them', () => {
    const names = task.metrics.map((metric) => metric.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining([task.primary, 'loss', ...task.curves]))
    expect(names).toEqual(expect.arrayContaining(Object.keys(task.score(outputs, labels, head))))
    expect(names).toEqual(expect.arrayContaining(Object.keys(task.evaluate(outputs, labels, head).values)))
  })

  it.each(task.metrics.map((metric) => [metric.name, metric] as const))(
    'measures %s as it is described',
    (__, metric) => {
      const value = task.evaluate(outputs, labels, head).values[metric.name]
      if (value === undefined) return expect(metric.name).toBe('top5') // means nothing with so few classes
      expect(value).toSatisfy(Number.isFinite)
      if (metric.format === 'percent') expect(value).toSatisfy((share: number) => share >= 0 && share <= 1)
    },
  )

  it('answers every sample with a probability for each class, and with classes that there are', () => {
    const answers = task.decode(outputs, head)
    expect(answers).toHaveLength(labels.length)
    for (const { probabilities, chosen } of answers) {
      expect(probabilities).toHaveLength(classes)
      expect(chosen.every((index) => index >= 0 && index < classes)).toBe(true)
    }
  })

  it('counts answers made of the truth as right', () => {
    const sure = labels.flatMap((label) => {
      const own = task.classesOf(label)
      return Array.from({ length: classes }, (__, index) => (own.includes(index) ? 20 : -20))
    })
    expect(task.hits({ values: sure, width: classes }, labels)).toBe(labels.length)
  })

  it.each(others.map(({ name: engine }) => engine))(
    'is learned by the same steps on %s as on the first',
    async (of) => {
      const engine = others.find((candidate) => candidate.name === of)?.engine as Engine
      const targets = task.targets(labels, classes, { labelSmoothing: 0.1, classWeights: [1, 2, 0.5, 1] })
      const spec = { optimizer: optimizerOf('sgd'), loss: task.loss }
      expectClose(await train(engine, spec, targets), await train(reference?.engine as Engine, spec, targets))
    },
  )
})
