import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { onnxEngine } from '../onnx/onnx-engine.js'
import { createTfjsEngine } from '../tfjs/tfjs-engine.js'
import { type Label, multiLabel, singleLabel, type Task } from './index.js'
import { closeTo, lossClasses, lossStep } from '../testing/loss-step.js'

const tfjsEngine = createTfjsEngine({ backend: 'wasm' })
const given: readonly (readonly [string, Task, readonly Label[]])[] = [
  ['one class per image', singleLabel, [0, 2, 1, 0, 2]],
  ['several classes per image', multiLabel, [[0, 2], [], [1], [0, 1, 2], [2]]],
]
const options = { labelSmoothing: 0.1, classWeights: [1, 0.5, 2] }
/** The logits are near zero, and large: both ends of the probabilities. */
const places = [0.5, 2].flatMap((gamma) => [1, 60].map((scale) => [gamma, scale] as const))

describe.each(given)('focal loss for %s', (_, task, labels) => {
  const targets = task.targets(labels, lossClasses, options)
  const evaluate = (loss: ReturnType<Task['focalLoss']>, logits: ArrayLike<number>) => {
    const gradient = new Float64Array(logits.length)
    return { loss: loss.evaluate(Float64Array.from(logits), targets.data, lossClasses, gradient), gradient }
  }

  it.each(places)(
    'with a gamma of %d has the value and slope of its double precision in both engines, with a head scaled by %d',
    async (gamma, scale) => {
      const loss = task.focalLoss(gamma)
      for (const engine of [onnxEngine, tfjsEngine]) {
        const step = await lossStep(engine, loss, targets, { scale })
        const expected = evaluate(loss, step.logits.data)
        expect(step.loss).toSatisfy((value: number) => closeTo(value, expected.loss))
        step.gradient.forEach((value, index) => {
          const sum = expected.gradient.reduce((all, part, at) => all + (at % lossClasses === index ? part : 0), 0)
          expect(value).toSatisfy((found: number) => closeTo(found, sum))
        })
      }
    },
  )

  it('is cross-entropy with a gamma of 0', () => {
    const logits = [0.3, -2, 1.5, 4, 0, -1, 0.1, 0.2, 0.3, -3, 2, 2, 1, -1, 0]
    const [plain, focal] = [evaluate(task.loss, logits), evaluate(task.focalLoss(0), logits)]
    expect(focal.loss).toBeCloseTo(plain.loss, 6)
    focal.gradient.forEach((value, index) => expect(value).toBeCloseTo(plain.gradient[index]!, 6))
  })
})

const python = '/usr/bin/python3'
const missing = spawnSync(python, ['-c', 'import torch']).status !== 0
if (missing) console.log(`Skipped: focal loss is not compared with PyTorch, since ${python} has no torch.`)

/** Autograd over the definition of the paper, with hard labels and the mean over the batch (times classes, for several). */
const script = `
import json, sys, torch
import torch.nn.functional as F
given = json.loads(sys.argv[1])
x = torch.tensor(given['logits'], dtype=torch.float64, requires_grad=True)
y = torch.tensor(given['truth'], dtype=torch.float64)
if given['several']:
    ce = F.binary_cross_entropy_with_logits(x, y, reduction='none')
    p = torch.sigmoid(x)
    loss = (ce * (1 - (p * y + (1 - p) * (1 - y))) ** given['gamma']).mean()
else:
    ce = F.cross_entropy(x, y.argmax(1), reduction='none')
    loss = ((1 - torch.exp(-ce)) ** given['gamma'] * ce).mean()
loss.backward()
print(json.dumps([loss.item(), *x.grad.flatten().tolist()]))
`

describe.skipIf(missing)('focal loss of PyTorch', () => {
  it.each(given)('is the same, with the same gradient: %s', (_, task, labels) => {
    const logits = labels.map((__, row) => [Math.sin(row), 2 * Math.cos(3 * row), row - 2])
    const truth = labels.map((label) =>
      Array.from({ length: lossClasses }, (__, index) => (task.classesOf(label).includes(index) ? 1 : 0)),
    )
    const answer = execFileSync(
      python,
      ['-c', script, JSON.stringify({ logits, truth, several: task.several, gamma: 1.7 })],
      { encoding: 'utf8' },
    )
    const [loss, ...slopes] = JSON.parse(answer) as [number, ...number[]]
    const targets = task.targets(labels, lossClasses, { labelSmoothing: 0 })
    const gradient = new Float64Array(slopes.length)
    const own = task.focalLoss(1.7).evaluate(Float64Array.from(logits.flat()), targets.data, lossClasses, gradient)
    expect(own).toBeCloseTo(loss, 6)
    slopes.forEach((slope, index) => expect(gradient[index]).toBeCloseTo(slope, 6))
  })
})
