import { leastShare } from '@graft/network'
import { everyRow } from '../matrix/row-matrix.js'
import type { Candidate, HeadProblem } from './solve-head.js'
import { measureStandard, standardised, type Standard } from '../features/standardise.js'

export interface NeighboursProblem
  extends Pick<
    HeadProblem,
    'features' | 'rows' | 'columns' | 'classes' | 'groups' | 'softness' | 'gains' | 'scoreOf' | 'hits' | 'breathe'
  > {
  /** Classes of a row. */
  readonly classesOf: (row: number) => readonly number[]
  /** Rows of one image: no neighbours of each other. */
  readonly imageOf: (row: number) => string
  /** A class's share of the neighbours as a logit. */
  readonly logitOf: (share: number) => number
}

/** Stored vectors, and how steeply nearness to them counts. */
export interface NeighboursHead extends Standard {
  /** `[rows, columns]`, each of length 1: the features standardised, times the gains of their groups. */
  readonly keys: Float64Array
  /** What the cosine is multiplied with before softmax. */
  readonly sharpness: number
  readonly gains: readonly number[]
  readonly candidates: readonly Candidate[]
}

/** From shares that are nearly even to the nearest one alone. */
const sharpnesses = Array.from({ length: 9 }, (_, index) => 2 ** (1 + index * 0.75))
/** Taken where nothing can be compared. */
const usual = 14
/** Pairs of rows that choices are compared by, at most: rows asked times rows that answer. */
const mostPairs = 2e6

/**
 * Nearest neighbours whose votes count by their nearness: each row's share is softmax of its cosine with what is asked,
 * times the sharpness (Wu et al. 2018, arXiv 1805.01978), on standardised features times the gain of their group.
 * Sharpness and gains are those with the least loss when every row is asked of all others.
 */
export async function solveNeighbours(problem: NeighboursProblem): Promise<NeighboursHead> {
  const { rows, columns, groups, gains } = problem
  const standard = measureStandard(problem.features, rows, columns, problem)
  const { values } = standardised(problem.features, rows, standard, problem.classes)
  const images = everyRow({ rows }).reduce((all, row) => all.add(problem.imageOf(row)), new Set<string>())
  const candidates = images.size < 2 ? [] : await compare(problem, values)
  const best = candidates.reduce<Candidate | null>(
    (least, candidate) => (least === null || candidate.loss < least.loss ? candidate : least),
    null,
  )
  const chosen = best?.gains ?? gains[0] ?? []
  return {
    ...standard,
    keys: unitRows(weighted(values, groups, chosen, columns), columns),
    sharpness: best?.setting ?? usual,
    gains: chosen,
    candidates,
  }
}

/** The shares of each class among the neighbours of rows of cosines `[asked, rows]`; `skip` leaves a neighbour out. */
export function sharesOf(
  cosines: ArrayLike<number>,
  { rows, classes, classesOf }: Pick<NeighboursProblem, 'rows' | 'classes' | 'classesOf'>,
  sharpness: number,
  skip: (asked: number, row: number) => boolean = () => false,
): Float64Array {
  const shares = new Float64Array((cosines.length / rows) * classes)
  for (let asked = 0; asked * rows < cosines.length; asked++) {
    let total = 0
    for (let row = 0; row < rows; row++) {
      if (skip(asked, row)) continue
      const weight = Math.exp(sharpness * (cosines[asked * rows + row]! - 1))
      total += weight
      for (const c of classesOf(row)) shares[asked * classes + c]! += weight
    }
    for (let c = 0; c < classes; c++) shares[asked * classes + c]! /= total || 1
  }
  return shares
}

/**
 * Asks every row of all others: the shares `[rows, classes]` of its neighbours, at the sharpness with the least loss, as
 * `solveNeighbours` chooses it.
 * @param cosines `[rows, rows]`
 * @param isSame rows of one image, which are not asked about each other
 */
export function sharesOfOthers(
  cosines: ArrayLike<number>,
  labels: Int32Array,
  classes: number,
  isSame: (one: number, other: number) => boolean,
): Float64Array {
  const rows = labels.length
  const chosen = spreadRows(rows)
  const sharesAt = (sharpness: number, asked: Int32Array): Float64Array => {
    const shares = new Float64Array(asked.length * classes)
    for (const [index, row] of asked.entries()) {
      const [from, own] = [row * rows, index * classes]
      let total = 0
      for (let other = 0; other < rows; other++) {
        if (isSame(row, other)) continue
        const weight = Math.exp(sharpness * (cosines[from + other]! - 1))
        total += weight
        shares[own + labels[other]!]! += weight
      }
      for (let c = 0; c < classes; c++) shares[own + c]! /= total || 1
    }
    return shares
  }
  const losses = sharpnesses.map((sharpness) => {
    const shares = sharesAt(sharpness, chosen)
    return chosen.reduce(
      (sum, row, index) => sum - Math.log(Math.max(leastShare, shares[index * classes + labels[row]!]!)),
      0,
    )
  })
  const sharpness = sharpnesses[losses.indexOf(Math.min(...losses))] ?? usual
  return sharesAt(sharpness, everyRow({ rows }))
}

/** As many rows as choices are compared by, evenly from all. */
function spreadRows(rows: number): Int32Array {
  const count = Math.max(1, Math.min(rows, Math.floor(mostPairs / rows)))
  return Int32Array.from({ length: count }, (_, index) => Math.floor((index * rows) / count))
}

/** Cosines `[asked, stored]` of features as they come with the stored vectors. */
export function cosinesTo(
  { keys, means, deviations, gains }: NeighboursHead,
  groups: NeighboursProblem['groups'],
  features: Float32Array,
): Float64Array {
  const columns = means.length
  const moved = Float64Array.from(features, (value, place) => {
    const deviation = deviations[place % columns]!
    return deviation === 0 ? 0 : (value - means[place % columns]!) / deviation
  })
  const asked = unitRows(weighted(moved, groups, gains, columns), columns)
  const stored = keys.length / columns
  return Float64Array.from({ length: (features.length / columns) * stored }, (_, place) => {
    const [first, second] = [Math.floor(place / stored) * columns, (place % stored) * columns]
    let sum = 0
    for (let k = 0; k < columns; k++) sum += asked[first + k]! * keys[second + k]!
    return sum
  })
}

async function compare(problem: NeighboursProblem, values: Float64Array): Promise<readonly Candidate[]> {
  const { rows, columns, groups, gains, scoreOf, hits, imageOf, logitOf, breathe } = problem
  const asked = spreadRows(rows)
  const count = asked.length
  const products = groups.map((group) => productsOf(values, columns, rows, asked, group))
  const squares = groups.map(({ from, to }) => squaresOf(values, columns, rows, { from, to }))
  const score = scoreOf(asked)
  const candidates: Candidate[] = []
  for (const those of gains) {
    await breathe?.()
    const sum = (parts: readonly Float64Array[], place: number): number =>
      parts.reduce((total, part, group) => total + (those[group] ?? 1) ** 2 * part[place]!, 0)
    const lengths = Float64Array.from({ length: rows }, (_, row) => Math.sqrt(sum(squares, row)) || 1)
    const cosines = Float64Array.from(
      { length: count * rows },
      (_, place) => sum(products, place) / (lengths[asked[Math.floor(place / rows)]!]! * lengths[place % rows]!),
    )
    for (const setting of sharpnesses) {
      const own = (index: number, row: number): boolean => imageOf(asked[index]!) === imageOf(row)
      const logits = sharesOf(cosines, problem, setting, own).map(logitOf)
      const loss = score(logits, new Float64Array(logits.length))
      candidates.push({ setting, gains: those, loss, hitRate: hits(asked, logits) / count })
    }
  }
  return candidates
}

type Group = NeighboursProblem['groups'][number]

function productsOf(
  values: Float64Array,
  columns: number,
  rows: number,
  asked: Int32Array,
  { from, to }: Group,
): Float64Array {
  const products = new Float64Array(asked.length * rows)
  asked.forEach((first, index) => {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let k = from; k < to; k++) sum += values[first * columns + k]! * values[row * columns + k]!
      products[index * rows + row] = sum
    }
  })
  return products
}

const squaresOf = (values: Float64Array, columns: number, rows: number, { from, to }: Group): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) =>
    values.subarray(row * columns + from, row * columns + to).reduce((sum, value) => sum + value * value, 0),
  )

function weighted(
  values: Float64Array,
  groups: NeighboursProblem['groups'],
  gains: readonly number[],
  columns: number,
): Float64Array {
  const factors = new Float64Array(columns).fill(1)
  groups.forEach(({ from, to }, group) => factors.fill(gains[group] ?? 1, from, to))
  return values.map((value, place) => value * factors[place % columns]!)
}

/** Every row of length 1; one of nothing but zeros stays. */
function unitRows(values: Float64Array, columns: number): Float64Array {
  for (let start = 0; start < values.length; start += columns) {
    const row = values.subarray(start, start + columns)
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1
    for (let k = 0; k < columns; k++) row[k]! /= length
  }
  return values
}
