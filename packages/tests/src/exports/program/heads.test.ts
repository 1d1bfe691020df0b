import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  curvatureOf,
  multiLabel,
  rowLosses,
  singleLabel,
  solveAveraged,
  solveHead,
  solveMeans,
  solveNeighbours,
  stratifiedFolds,
  usualSoftness,
} from '@graft/engines'
import { createRandom, deriveSeed, filesInMemory, readNetwork } from '@graft/network'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { compareProgram, isSame } from '../parity/compare-program.js'
import { withSettings } from '../parity/network-graph.js'
import { hasPyTorch, programParts, python, runBeside } from './python.js'

const workplace = new Workplace()
beforeAll(() => vi.stubEnv('GRAFT_HOME', workplace.home))
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

const script = fileURLToPath(new URL('find_heads.py', import.meta.url))
const classes = 3
const own = [0.6, 1]

/** What both sides are given, and what Graft makes of it: logits or stored rows, and what was chosen. */
interface Case {
  readonly name: string
  readonly given: object
  readonly expected: Promise<{
    readonly rows: readonly number[]
    readonly sharp: number
    readonly gains: readonly number[]
  }>
}

/** A data set of two stages, of which the second tells more; with fewer rows than columns or more. */
function casesOf(several: boolean, images: number, views: number): readonly Case[] {
  const [columns, first, seed] = [17, 6, 40 + images]
  const random = createRandom(seed)
  const task = several ? multiLabel : singleLabel
  const imageClasses = Array.from({ length: images }, (_, at) =>
    several ? [0, 1, 2].filter((one) => one === at % 4 || random() < 0.2) : [at % 3],
  )
  const rows = images * views
  const own_ = (row: number): readonly number[] => imageClasses[row % images] ?? []
  const labels = Array.from({ length: rows }, (_, row) => (several ? [...own_(row)] : (own_(row)[0] ?? 0)))
  const centres = Float64Array.from({ length: classes * columns }, () => 2 * random() - 1)
  const features = Float32Array.from({ length: rows * columns }, (_, place) => {
    const [row, column] = [Math.floor(place / columns), place % columns]
    // One never differs, as many of a network's features.
    if (column === 3) return 0.5
    const told = own_(row).reduce((sum, one) => sum + (centres[one * columns + column] ?? 0), 0)
    return 3 + (column < first ? 0.1 : 0.4) * told + 2 * random()
  })
  const keys = Array.from({ length: images }, (_, at) => 1000 + 7 * at)
  const groups = [
    { from: 0, to: first },
    { from: first, to: columns },
  ]
  const powers = [Infinity, 2, 1, 0.5, 0]
  const choices = powers.map((power) => own.map((gain) => (gain === 1 ? 1 : gain ** power)))
  const folds = stratifiedFolds(
    Array.from({ length: rows }, (_, row) => ({ group: String(keys[row % images]), classes: own_(row) })),
    5,
    createRandom(deriveSeed(seed, 'folds')),
  )
  const problem = (penalty: number) => ({
    ...{ features, rows, columns, classes, groups, folds, several, views },
    softness: usualSoftness,
    gains: penalty > 0 ? [own] : choices,
    penalties: penalty > 0 ? [penalty] : null,
    scoreOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    lossOf: rowLosses(task, labels, classes, { labelSmoothing: 0 }),
    curvature: curvatureOf(task, classes),
    hits: () => 0,
    classesOf: own_,
    imageOf: (row: number) => String(row % images),
    logitOf: (share: number) => {
      const limited = Math.min(several ? 1 - 1e-6 : 1, Math.max(1e-6, share))
      return several ? Math.log(limited / (1 - limited)) : Math.log(limited)
    },
  })
  const given = (method: string, penalty: number) => ({
    ...{ method, penalty, images, classes, seed },
    features: [...features],
    labels: Array.from({ length: rows }, (_, row) => own_(row)),
    keys: Array.from({ length: rows }, (_, row) => keys[row % images]),
    groups: groups.map(({ from, to }) => [from, to]),
    gains: own,
  })
  const logits = ({ weight, bias }: { readonly weight: Float64Array; readonly bias: Float64Array }): number[] =>
    Array.from({ length: rows * classes }, (_, place) => {
      const [row, c] = [Math.floor(place / classes), place % classes]
      let sum = bias[c] ?? 0
      for (let k = 0; k < columns; k++) sum += (weight[c * columns + k] ?? 0) * (features[row * columns + k] ?? 0)
      return sum
    })
  const title = `${several ? 'several classes' : 'one class'}, ${images} images, ${views} views`
  return [
    ...[0, 0.05].map(
      (penalty): Case => ({
        name: `least squares, penalty ${penalty}, ${title}`,
        given: given('least_squares', penalty),
        expected: solveAveraged(problem(penalty)).then((head) => ({
          rows: logits(head),
          sharp: head.sharpness,
          gains: head.gains,
        })),
      }),
    ),
    {
      // What its search chooses where losses are nearly the same depends on when it stops.
      name: `solver, ${title}`,
      given: given('solver', 0.05),
      expected: solveHead(problem(0.05)).then((head) => ({
        rows: logits(head),
        sharp: head.penalty,
        gains: head.gains,
      })),
    },
    {
      name: `class means, ${title}`,
      given: given('class_means', 0),
      expected: solveMeans(problem(0)).then((head) => ({
        rows: logits(head),
        sharp: head.sharpness,
        gains: head.gains,
      })),
    },
    {
      name: `nearest neighbours, ${title}`,
      given: given('nearest_neighbours', 0),
      expected: solveNeighbours(problem(0)).then((head) => ({
        rows: [...head.keys],
        sharp: head.sharpness,
        gains: head.gains,
      })),
    },
  ]
}

describe.skipIf(!hasPyTorch)(`heads that exported programs compute at once (${python})`, () => {
  it.each([
    ['single_label', false],
    ['multi_label', true],
  ])('are those of Graft on the same features: %s', async (task, several) => {
    const folder = join(workplace.directory, task)
    mkdirSync(folder)
    for (const part of readdirSync(programParts).filter((name) => name.endsWith('.py')))
      copyFileSync(join(programParts, part), join(folder, part))
    copyFileSync(join(programParts, `tasks/${task}.py`), join(folder, 'task.py'))
    writeFileSync(join(folder, 'model.py'), 'stages_of = None\n')
    // More rows than columns, fewer, and several views of each image.
    const cases = [...casesOf(several, 45, 1), ...casesOf(several, 13, 1), ...casesOf(several, 12, 3)]
    writeFileSync(join(folder, 'problems.json'), JSON.stringify(cases.map(({ given }) => given)))
    const found = JSON.parse(runBeside(folder, script)) as readonly Found[]
    expect(found).toHaveLength(cases.length)
    for (const [at, { name, expected }] of cases.entries()) {
      const { rows, sharp, gains } = await expected
      const { chosen, rows: given } = found[at]!
      expect((chosen.sharpness ?? chosen.penalty)! / sharp, name).toBeCloseTo(1, 6)
      chosen.gains.forEach((gain, group) => expect(gain, name).toBeCloseTo(gains[group] ?? Number.NaN, 6))
      const largest = Math.max(...rows.map(Math.abs))
      const apart = Math.max(...rows.map((value, place) => Math.abs(value - (given[place] ?? Number.NaN))))
      expect(apart / largest, name).toBeLessThan(name.startsWith('solver') ? 2e-4 : 1e-7)
    }
  })

  it.each([
    ['leastSquares', 'least_squares'],
    ['nearestNeighbours', 'nearest_neighbours'],
  ])('answer as the graph does, leave all else bit for bit, and open again: %s', async (method, module) => {
    const settings = { 'train.method': method, 'head.features': 'all' }
    const found = await compareProgram(workplace, method, withSettings('small-similar', settings))
    expect(isSame(found), JSON.stringify(found)).toBe(true)
    expect(found.frozen).toBeGreaterThan(10)
    const folder = join(workplace.directory, `program-${method}`)
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`\`heads.py\`, \`${module}.py\``)
    const trained = readFileSync(join(folder, 'runs/trained.safetensors'))
    const { network } = await readNetwork(filesInMemory({ 'trained.safetensors': trained }))
    expect(network.head?.names.length).toBeGreaterThan(1)
  })
})

interface Found {
  readonly rows: readonly number[]
  readonly chosen: { readonly sharpness?: number; readonly penalty?: number; readonly gains: readonly number[] }
}
