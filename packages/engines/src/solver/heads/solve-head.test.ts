import { execFileSync, spawnSync } from 'node:child_process'
import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { type Label, multiLabel, singleLabel, type Task } from '../../tasks/index.js'
import { curvatureOf, rowLosses } from '../../training/solve/row-losses.js'
import { type HeadProblem, solveHead, type SolvedHead, stratifiedFolds } from '../index.js'

interface Sample {
  readonly rows: number
  readonly columns: number
  readonly classes: number
  readonly features: Float32Array
  readonly labels: readonly Label[]
}

/** Features around a centre per class, columns of very different sizes, some constant. */
function sample(seed: number, rows: number, columns: number, classes: number, several = false): Sample {
  const random = createRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random())
  const centres = Array.from({ length: classes * columns }, normal)
  const labels: Label[] = Array.from({ length: rows }, (_, row) =>
    several ? Array.from({ length: classes }, (__, c) => c).filter(() => random() < 0.4) : row % classes,
  )
  const features = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < columns; k++) {
      const label = labels[row]!
      const centre = (typeof label === 'number' ? [label] : label).reduce(
        (sum, c) => sum + centres[c * columns + k]!,
        0,
      )
      features[row * columns + k] = k % 11 === 10 ? 3 : (centre + 2 * normal()) * 10 ** ((k % 5) - 2) + k
    }
  return { rows, columns, classes, features, labels }
}

function problemOf(task: Task, given: Sample, changes: Partial<HeadProblem> = {}): HeadProblem {
  const { labels, classes, rows, columns } = given
  const losses = rowLosses(task, labels, classes, { labelSmoothing: 0 })
  return {
    ...given,
    groups: [{ from: 0, to: columns }],
    gains: [[1]],
    softness: 0,
    penalties: [0.01],
    folds: new Int32Array(rows),
    curvature: curvatureOf(task, classes),
    lossOf: losses,
    scoreOf: losses,
    hits: (chosen, logits) =>
      task.hits(
        { values: logits, width: classes },
        Array.from(chosen, (row) => labels[row]!),
      ),
    ...changes,
  }
}

/** Loss and its gradient by weight and bias of standardised features, straight from the definitions. */
function plainGradient(
  task: Task,
  { features, rows, columns, classes, labels }: Sample,
  head: SolvedHead,
  penalty: number,
): number {
  const targets = task.targets(labels, classes, { labelSmoothing: 0 })
  const width = targets.shape[1]!
  const scale = task.several ? classes : 1
  let square = 0
  for (let k = 0; k < columns; k++) {
    const column = Array.from({ length: rows }, (_, row) => features[row * columns + k]!)
    const mean = column.reduce((sum, value) => sum + value, 0) / rows
    const spread = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows)
    for (let c = 0; c < classes; c++) {
      let slope = penalty * head.weight[c * columns + k]! * spread
      for (let row = 0; row < rows; row++) {
        const logits = Array.from({ length: classes }, (_, other) => {
          let logit = head.bias[other]!
          for (let j = 0; j < columns; j++) logit += head.weight[other * columns + j]! * features[row * columns + j]!
          return logit
        })
        const at = (place: number): number => targets.data[row * width + place]! * scale
        const probability = task.several
          ? 1 / (1 + Math.exp(-logits[c]!))
          : Math.exp(logits[c]!) / logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
        const mass = task.several ? at(c) + at(classes + c) : 1 / rows
        slope += spread === 0 ? 0 : ((probability * mass - at(c)) * (column[row]! - mean)) / spread
      }
      square += slope ** 2
    }
  }
  return Math.sqrt(square)
}

describe('solveHead', () => {
  it.each([
    ['more samples than features', singleLabel, 40, 12, 3],
    ['more features than samples', singleLabel, 14, 30, 3],
    ['several classes per image', multiLabel, 30, 12, 4],
    ['several classes, more features than samples', multiLabel, 12, 25, 3],
  ] as const)('ends where the penalised loss is level: %s', async (_, task, rows, columns, classes) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const given = sample(seed, rows, columns, classes, task.several)
    const head = await solveHead(problemOf(task, given))
    expect(head.converged, `seed ${seed}`).toBe(true)
    expect(plainGradient(task, given, head, 0.01), `seed ${seed}`).toBeLessThan(1e-4)
  })

  it('gives the same bits for the same input, and ignores constant features', async () => {
    const given = sample(5, 30, 40, 3)
    const [first, second] = [
      await solveHead(problemOf(singleLabel, given)),
      await solveHead(problemOf(singleLabel, given)),
    ]
    expect(second.weight).toEqual(first.weight)
    expect(first.weight[10]).toBe(0)
    expect(first.weight.some((value) => value !== 0)).toBe(true)
  })

  it('is not disturbed by copies of samples', async () => {
    const given = sample(6, 20, 50, 2)
    const twice: Sample = {
      ...given,
      rows: 40,
      features: Float32Array.from([...given.features, ...given.features]),
      labels: [...given.labels, ...given.labels],
    }
    const [once, copied] = [
      await solveHead(problemOf(singleLabel, given)),
      await solveHead(problemOf(singleLabel, twice)),
    ]
    copied.weight.forEach((value, index) => expect(Math.abs(value - once.weight[index]!)).toBeLessThan(1e-3))
  })

  it('a gain below 1 lets a group count less, and 0 not at all', async () => {
    const given = sample(7, 24, 40, 2)
    const groups = [
      { from: 0, to: 20 },
      { from: 20, to: 40 },
    ]
    const size = ({ weight }: SolvedHead): number =>
      weight.reduce((sum, value, index) => sum + (index % 40 < 20 ? value ** 2 : 0), 0)
    const heads = []
    for (const gain of [1, 0.3, 0])
      heads.push(await solveHead(problemOf(singleLabel, given, { groups, gains: [[gain, 1]] })))
    expect(size(heads[1]!)).toBeLessThan(size(heads[0]!))
    expect(size(heads[2]!)).toBe(0)
  })

  it('chooses the penalty by samples that a head has not seen, and tells what it compared', async () => {
    const given = sample(8, 60, 20, 3)
    const folds = Int32Array.from({ length: 60 }, (_, row) => Math.floor(row / 3) % 5)
    const head = await solveHead(problemOf(singleLabel, given, { penalties: null, folds }))
    expect(head.candidates).toHaveLength(8)
    const losses = head.candidates.map(({ loss }) => loss)
    expect(head.penalty).toBe(head.candidates[losses.indexOf(Math.min(...losses))]?.setting)
    expect(new Set(losses.map((loss) => loss.toFixed(3))).size).toBeGreaterThan(4)
    for (const { hitRate } of head.candidates) expect(hitRate * 60).toBeCloseTo(Math.round(hitRate * 60), 9)
  })

  it.each([
    ['more samples than features', 40, 12],
    ['more features than samples', 14, 30],
  ])('gives the logits whose loss it minimised, whatever the gains: %s', async (_, rows, columns) => {
    const given = sample(9, rows, columns, 3)
    const groups = [
      { from: 0, to: 6 },
      { from: 6, to: columns },
    ]
    const problem = problemOf(singleLabel, given, { groups, gains: [[0.2, 1]], softness: 1, penalties: [0.01] })
    const { weight, bias, deviations, objective } = await solveHead(problem)
    const logits = Float64Array.from({ length: rows * 3 }, (__, place) => {
      const [row, c] = [Math.floor(place / 3), place % 3]
      let logit = bias[c]!
      for (let k = 0; k < columns; k++) logit += weight[c * columns + k]! * given.features[row * columns + k]!
      return logit
    })
    const loss = problem.lossOf(Int32Array.from({ length: rows }, (__, row) => row))(logits, logits.slice())
    const penalised = weight.map((value, place) => {
      const k = place % columns
      return (value * deviations[k]!) / (k < 6 ? 0.2 : 1)
    })
    const squares = penalised.reduce((sum, value) => sum + value ** 2, 0)
    expect(loss + (0.01 / 2) * squares).toBeCloseTo(objective, 6)
  })

  it('a feature that hardly ever differs counts as little as it is, not as much as the others', async () => {
    const given = sample(10, 24, 6, 2)
    for (let row = 0; row < 24; row++) given.features[row * 6] = row === 0 ? 1e-4 : 0
    const weightOf = async (softness: number): Promise<number> =>
      Math.abs((await solveHead(problemOf(singleLabel, given, { softness }))).weight[0]! * 1e-4)
    expect(await weightOf(1)).toBeLessThan((await weightOf(0)) / 100)
  })
})

describe('the losses in double precision', () => {
  it.each([singleLabel, multiLabel])('$title: the gradient is that of finite differences', (task) => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = createRandom(seed)
    const { labels } = sample(seed, 6, 2, 4, task.several)
    const options = { labelSmoothing: 0.1, classWeights: [1, 2, 0.5, 1] }
    const loss = rowLosses(task, labels, 4, options)(Int32Array.of(0, 1, 2, 3, 4, 5))
    const logits = Float64Array.from({ length: 24 }, () => 6 * random() - 3)
    const [gradient, unused] = [new Float64Array(24), new Float64Array(24)]
    loss(logits, gradient)
    logits.forEach((value, place) => {
      const at = (moved: number): number => loss(logits.with(place, moved), unused)
      expect(gradient[place], `seed ${seed}`).toBeCloseTo((at(value + 1e-5) - at(value - 1e-5)) / 2e-5, 7)
    })
  })
})

describe('stratifiedFolds', () => {
  it('spreads every class evenly, keeps groups whole, and repeats itself', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = createRandom(seed)
    const items = Array.from({ length: 100 }, (_, index) => ({
      group: String(index >> 1),
      classes: [index < 60 ? 0 : index < 90 ? 1 : 2],
    }))
    const folds = stratifiedFolds(items, 5, random)
    expect(folds, `seed ${seed}`).toEqual(stratifiedFolds(items, 5, createRandom(seed)))
    for (let index = 0; index < 100; index += 2) expect(folds[index]).toBe(folds[index + 1])
    for (const [from, to] of [
      [0, 60],
      [60, 90],
      [90, 100],
    ] as const) {
      const counts = [0, 1, 2, 3, 4].map((fold) => folds.slice(from, to).filter((other) => other === fold).length)
      expect(Math.max(...counts) - Math.min(...counts), `seed ${seed}: ${counts.join()}`).toBeLessThanOrEqual(2)
    }
  })
})

const torchPython = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const sklearnPython = process.env['GRAFT_SKLEARN_PYTHON'] ?? torchPython
const preamble = `
import json, sys
import numpy as np
given = json.load(sys.stdin)
X = np.array(given['features'], dtype=np.float64).reshape(given['rows'], given['columns'])
mean, spread = X.mean(0), X.std(0)
ok = spread > 1e-7 * np.abs(mean)
spread = np.where(ok, spread, 0)
gain = np.ones(len(mean))
for group, value in zip(given['groups'], given['gains']):
    own = slice(group['from'], group['to'])
    spread[own] = np.sqrt(spread[own] ** 2 + (given['softness'] * spread[own].mean()) ** 2)
    gain[own] = value
Z = np.where(ok, gain * (X - mean) / np.where(ok, spread, 1), 0)
penalty, n, C = given['penalty'], given['rows'], given['classes']
def answer(w, b, loss):
    w = np.where(ok, gain * w / np.where(ok, spread, 1), 0)
    print(json.dumps({'weight': w.ravel().tolist(), 'bias': (b - w @ mean).tolist(), 'spread': np.where(ok, spread, 0).tolist(), 'loss': loss}))
`
const scripts = {
  torch: `${preamble}
import torch
Z = torch.tensor(Z); w = torch.zeros(C, Z.shape[1], dtype=torch.float64, requires_grad=True); b = torch.zeros(C, dtype=torch.float64, requires_grad=True)
if given['several']:
    Y = torch.zeros(n, C, dtype=torch.float64)
    for i, label in enumerate(given['labels']): Y[i, label] = 1
    data = lambda z: C * torch.nn.functional.binary_cross_entropy_with_logits(z, Y)
else:
    Y = torch.tensor(given['labels']); data = lambda z: torch.nn.functional.cross_entropy(z, Y)
total = lambda: data(Z @ w.T + b) + penalty / 2 * (w ** 2).sum()
optimizer = torch.optim.LBFGS([w, b], max_iter=3000, tolerance_grad=1e-10, tolerance_change=1e-15, history_size=30, line_search_fn='strong_wolfe')
def closure():
    optimizer.zero_grad(); loss = total(); loss.backward(); return loss
optimizer.step(closure)
answer(w.detach().numpy(), b.detach().numpy(), total().item())
`,
  sklearn: `${preamble}
from sklearn.linear_model import LogisticRegression
if given['several']:
    Y = np.zeros((n, C))
    for i, label in enumerate(given['labels']): Y[i, label] = 1
    models = [LogisticRegression(C=1 / (penalty * n), tol=1e-12, max_iter=20000).fit(Z, Y[:, c]) for c in range(C)]
    w, b = np.concatenate([m.coef_ for m in models]), np.concatenate([m.intercept_ for m in models])
    z = Z @ w.T + b
    loss = (np.logaddexp(0, z) - Y * z).mean(0).sum()
else:
    # Two classes are one logit there and two of half the size here, which has half the squared weights.
    y = np.array(given['labels'])
    model = LogisticRegression(C=1 / (penalty * n) * (2 if C == 2 else 1), tol=1e-12, max_iter=20000).fit(Z, y)
    w, b = model.coef_, model.intercept_
    if C == 2: w, b = np.concatenate([-w, w]) / 2, np.concatenate([-b, b]) / 2
    b = b - b.mean()
    z = Z @ w.T + b
    loss = (np.log(np.exp(z - z.max(1, keepdims=True)).sum(1)) + z.max(1) - z[np.arange(n), y]).mean()
answer(w, b, loss + penalty / 2 * (w ** 2).sum())
`,
}

interface Answer {
  readonly weight: readonly number[]
  readonly bias: readonly number[]
  readonly spread: readonly number[]
  readonly loss: number
}

const peers = [
  { name: 'torch', python: torchPython, needs: 'torch, numpy', script: scripts.torch },
  { name: 'scikit-learn', python: sklearnPython, needs: 'sklearn.linear_model', script: scripts.sklearn },
]

describe.each(peers)('$name, converged', ({ name, python, needs, script }) => {
  const missing = spawnSync(python, ['-c', `import ${needs}`]).status !== 0
  if (missing) console.log(`Skipped: the solver is not compared with ${name}, since ${python} lacks it.`)

  it.skipIf(missing).each([
    [singleLabel, 60, 20, 2, 0.01],
    [singleLabel, 50, 90, 5, 0.02],
    [singleLabel, 120, 30, 10, 0.001],
    [singleLabel, 400, 40, 100, 0.01],
    [multiLabel, 80, 30, 6, 0.01],
    [multiLabel, 40, 70, 3, 0.05],
    // Softened, in two groups that count differently.
    [singleLabel, 60, 20, 3, 0.01, 1, [0.3, 1]],
    [singleLabel, 40, 90, 4, 0.02, 1, [0.5, 2]],
    [multiLabel, 40, 70, 3, 0.05, 0.5, [2, 0]],
  ] as const)(
    'is the same head: task, samples, features, classes, penalty, softness and gains of row %#',
    { timeout: 300_000 },
    async (task, rows, columns, classes, penalty, softness: number = 0, gains: readonly number[] = [1, 1]) => {
      const given = sample(11, rows, columns, classes, task.several)
      const groups = [
        { from: 0, to: 8 },
        { from: 8, to: columns },
      ]
      const choice = { penalties: [penalty], groups, gains: [gains], softness }
      const head = await solveHead(problemOf(task, given, choice))
      const plain = { ...given, features: Array.from(given.features), groups, gains, softness }
      const input = JSON.stringify({ ...plain, penalty, several: task.several })
      const expected = JSON.parse(
        execFileSync(python, ['-c', script], { input, encoding: 'utf8', maxBuffer: 1 << 26 }),
      ) as Answer
      expect(head.objective).toBeCloseTo(expected.loss, 6)
      const perSpread = (values: ArrayLike<number>): number[] =>
        Array.from(values, (value, index) => value * expected.spread[index % columns]!)
      const wanted = perSpread(expected.weight)
      perSpread(head.weight).forEach((value, index) => expect(Math.abs(value - wanted[index]!)).toBeLessThan(1e-3))
      // Biases of classes that exclude each other count only against each other.
      const centred = (values: readonly number[]): number[] => {
        const mean = task.several ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
        return values.map((value) => value - mean)
      }
      const biases = centred(expected.bias)
      const scale = Math.max(1, ...biases.map(Math.abs))
      centred([...head.bias]).forEach((value, index) =>
        expect(Math.abs(value - biases[index]!) / scale).toBeLessThan(1e-3),
      )
    },
  )
})
