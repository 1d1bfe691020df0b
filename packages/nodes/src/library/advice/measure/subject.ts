import { stratifiedFolds } from '@graft/engines'
import { createRandom, deriveSeed } from '@graft/network'
import type { LookedAt } from '../features/looked-at.js'

/** The images that heads can be measured on: of classes with two different images at least. */
export interface Subject {
  /** All images that are looked at, and their groups. */
  readonly looked: LookedAt
  readonly lookedGroups: readonly string[]
  /** Indices of those among all that are looked at. */
  readonly rows: readonly number[]
  /** Their classes, counted from 0 over the classes that are measured. */
  readonly labels: Int32Array
  readonly classes: readonly number[]
  /** Images of one group never help to recognise each other: copies, and those that the person grouped. */
  readonly groups: readonly string[]
  /** Folds of every repetition. */
  readonly folds: readonly Int32Array[]
  readonly foldCount: number
}

const mostFolds = 5

/** Null where there are no two classes to tell apart with two different images each. */
export function subjectOf(looked: LookedAt, groups: readonly string[], seed: number): Subject | null {
  const perClass = looked.classNames.map(() => new Set<string>())
  looked.labels.forEach((label, index) => perClass[label]?.add(groups[index] ?? ''))
  const classes = [...perClass.keys()].filter((label) => (perClass[label]?.size ?? 0) > 1)
  if (classes.length < 2) return null
  const rows = looked.labels.flatMap((label, index) => (classes.includes(label) ? [index] : []))
  const labels = Int32Array.from(rows, (row) => classes.indexOf(looked.labels[row] ?? 0))
  const own = rows.map((row) => groups[row] ?? '')
  const foldCount = Math.min(mostFolds, ...classes.map((label) => perClass[label]?.size ?? 0))
  const items = own.map((group, index) => ({ group, classes: [labels[index] ?? 0] }))
  const folds = Array.from({ length: repeatsFor(rows.length) }, (_, repeat) =>
    stratifiedFolds(items, foldCount, createRandom(deriveSeed(seed, `folds ${repeat}`))),
  )
  return { looked, lookedGroups: groups, rows, labels, classes, groups: own, folds, foldCount }
}

/** How many of the images are no copies of each other. */
export const independentOf = ({ groups }: Pick<Subject, 'groups'>): number => new Set(groups).size

/** How images fall into folds matters most where there are few, and costs least there. */
const repeatsFor = (pictures: number): number => (pictures <= 150 ? 4 : pictures <= 400 ? 2 : 1)

/** Rows that are not in a fold, for one of several questions that a part of the images is enough for. */
export function partOf(subject: Subject, most: number, seed: number): Subject {
  const { rows, labels, groups, folds } = subject
  if (rows.length <= most) return { ...subject, folds: folds.slice(0, 2) }
  const parts = Math.ceil(rows.length / most)
  const items = groups.map((group, index) => ({ group, classes: [labels[index] ?? 0] }))
  const part = stratifiedFolds(items, parts, createRandom(deriveSeed(seed, 'part')))
  const kept = rows.flatMap((_, index) => (part[index] === 0 ? [index] : []))
  return {
    ...subject,
    rows: kept.map((index) => rows[index] ?? 0),
    labels: Int32Array.from(kept, (index) => labels[index] ?? 0),
    groups: kept.map((index) => groups[index] ?? ''),
    folds: folds.slice(0, 1).map((fold) => Int32Array.from(kept, (index) => fold[index] ?? 0)),
  }
}
