import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../engine.js'
import { onnxEngine } from '../../onnx/onnx-engine.js'
import { createTfjsEngine } from '../../tfjs/tfjs-engine.js'
import type { TargetOptions } from '../task.js'
import { closeTo, lossClasses, type LossStep, lossStep } from '../../testing/loss-step.js'
import { multiLabel } from './index.js'

const tfjsEngine = createTfjsEngine({ backend: 'wasm' })
const classes = lossClasses
/** The head's logits are zero at first, and large later: both ends of the sigmoid. */
const scales = [0, 1, 60]
const labels = [[0, 2], [], [1], [0, 1, 2], [2]]
const cases: readonly (readonly [string, TargetOptions])[] = [
  ['plain', { labelSmoothing: 0 }],
  ['smoothed', { labelSmoothing: 0.2 }],
  ['with weights of the positives', { labelSmoothing: 0.1, classWeights: [3, 0.5, 2] }],
]

const step = (engine: Engine, options: TargetOptions, scale: number, largestPart?: number): Promise<LossStep> =>
  lossStep(engine, multiLabel.loss, multiLabel.targets(labels, classes, options), {
    scale,
    ...(largestPart !== undefined && { largestPart }),
  })

/** The loss in float64, straight from its definition. */
function reference(logits: ArrayLike<number>, { labelSmoothing, classWeights }: TargetOptions): number {
  let sum = 0
  labels.forEach((label, row) => {
    for (let index = 0; index < classes; index++) {
      const x = logits[row * classes + index]!
      const y = (label.includes(index) ? 1 : 0) * (1 - labelSmoothing) + labelSmoothing / 2
      const logSigmoid = (value: number): number => -(Math.max(-value, 0) + Math.log1p(Math.exp(-Math.abs(value))))
      sum -= (classWeights?.[index] ?? 1) * y * logSigmoid(x) + (1 - y) * logSigmoid(-x)
    }
  })
  return sum / (labels.length * classes)
}

/** Its derivative by a shift of all logits of a class, by central differences. */
function slopes(logits: ArrayLike<number>, options: TargetOptions): number[] {
  const width = 1e-4
  const shifted = (which: number, by: number): Float64Array =>
    Float64Array.from(logits, (value, index) => value + (index % classes === which ? by : 0))
  return Array.from(
    { length: classes },
    (_, which) =>
      (reference(shifted(which, width), options) - reference(shifted(which, -width), options)) / (2 * width),
  )
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expected.forEach((value, index) => expect(actual[index]).toSatisfy((found: number) => closeTo(found, value)))
}

describe.each(cases)('the binary cross-entropy of several classes, %s', (_, options) => {
  it.each(scales)(
    'has the value and the slope of its definition in both engines, with a head scaled by %d',
    async (scale) => {
      const onnx = await step(onnxEngine, options, scale)
      const tfjs = await step(tfjsEngine, options, scale)
      const expected = reference(onnx.logits.data, options)
      expectClose([onnx.loss, tfjs.loss], [expected, expected])
      expectClose(onnx.gradient, slopes(onnx.logits.data, options))
      expectClose(tfjs.gradient, onnx.gradient)
    },
  )

  it('is the same for a batch in parts', async () => {
    const [whole, parts] = [await step(onnxEngine, options, 1), await step(onnxEngine, options, 1, 2)]
    expectClose([parts.loss, ...parts.gradient], [whole.loss, ...whole.gradient])
  })
})

const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const script = `
import json, sys, torch
import torch.nn.functional as F
answers = []
for given in json.loads(sys.argv[1]):
    x = torch.tensor(given['logits'], dtype=torch.float64, requires_grad=True)
    s = given['smoothing']
    y = torch.tensor(given['truth'], dtype=torch.float64) * (1 - s) + s / 2
    loss = F.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor(given['weights'], dtype=torch.float64))
    loss.backward()
    answers.append([loss.item(), *x.grad.sum(0).tolist()])
print(json.dumps(answers))
`

function pytorchMissing(): string | null {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'pipe' })
    return null
  } catch {
    return `${python} has no torch`
  }
}

const missing = pytorchMissing()
if (missing !== null) console.log(`Skipped: the binary cross-entropy is not compared with PyTorch, since ${missing}.`)

describe.skipIf(missing !== null)('binary_cross_entropy_with_logits of PyTorch', () => {
  it('is the same loss with the same gradient, with smoothing and weights too', async () => {
    const steps = await Promise.all(cases.map(([, options]) => step(onnxEngine, options, 1)))
    const given = cases.map(([, options], index) => ({
      logits: labels.map((__, row) => Array.from(steps[index]!.logits.data.slice(row * classes, (row + 1) * classes))),
      truth: labels.map((label) => Array.from({ length: classes }, (__, at) => (label.includes(at) ? 1 : 0))),
      smoothing: options.labelSmoothing,
      weights: options.classWeights ?? [1, 1, 1],
    }))
    const answer = execFileSync(python, ['-c', script, JSON.stringify(given)], { encoding: 'utf8' })
    const expected = JSON.parse(answer) as number[][]
    steps.forEach(({ loss, gradient }, index) => expectClose([loss, ...gradient], expected[index]!))
  })
})
