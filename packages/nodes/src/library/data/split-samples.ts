import { singleLabel, stratifiedFolds, type Task } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import { hashIntegers, fnv1aOfText, mulberry32 } from '../../random.js'
import { tiedImages } from '../support/tied-images.js'
import { groupBy } from './group-by.js'
import { stratifyIteratively } from './iterative-stratification.js'
import type { Part, SplitFractions, Unit } from './split-unit.js'

export interface SplitOptions extends SplitFractions {
  /** Cross-validation: the test part is the `fold`-th (from 1) of so many, whatever its fraction says. */
  readonly crossValidation?: { readonly folds: number; readonly fold: number }
  /** Keep the proportions of the classes in every part. */
  readonly stratify: boolean
  /** What the labels mean; default: one class per image. */
  readonly task?: Pick<Task, 'classesOf' | 'several'>
  readonly seed: number
}

export type SplitParts = Readonly<Record<Part, readonly Sample[]>>

/**
 * Draws train, validation and test parts. Depends on the images' content and the seed only, never on the order of
 * files; samples of one group, or with equal bytes, never land in different parts; every class keeps a training
 * image. Parts are sorted by id.
 */
export function splitSamples(samples: readonly Sample[], options: SplitOptions): SplitParts {
  const { task = singleLabel } = options
  const units = shuffledUnits(samples, options.seed, task)
  const held = heldOut(units, options)
  const parts = new Map<Unit, Part>(held.map((unit) => [unit, 'test']))
  const rest = held.length === 0 ? units : units.filter((unit) => !parts.has(unit))
  const shares = options.crossValidation === undefined ? options : { ...options, test: 0 }
  if (options.stratify && task.several) stratifyIteratively(rest, shares, parts)
  else {
    const strata = options.stratify ? [...groupBy(rest, (unit) => unit.label).values()] : [rest]
    for (const stratum of strata) fillParts(stratum, shares, parts)
  }
  keepOneToTrain(units, parts)
  const pick = (part: Part): readonly Sample[] =>
    sortById(units.filter((unit) => parts.get(unit) === part).flatMap((unit) => unit.samples))
  return { train: pick('train'), val: pick('val'), test: pick('test') }
}

/** In order of id, by code units: the same on every machine and in every language. */
export function sortById(samples: readonly Sample[]): readonly Sample[] {
  return samples.toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
}

/** The fold that is the test part; no units without cross-validation. */
function heldOut(units: readonly Unit[], { crossValidation, stratify, seed }: SplitOptions): readonly Unit[] {
  if (crossValidation === undefined) return []
  const items = units.flatMap((unit) =>
    unit.samples.map(() => ({ unit, group: unit.key, classes: stratify ? [...unit.classes.keys()] : [] })),
  )
  const folds = stratifiedFolds(items, crossValidation.folds, mulberry32(seed))
  return [...new Set(items.filter((_, index) => folds[index] === crossValidation.fold - 1).map(({ unit }) => unit))]
}

function shuffledUnits(samples: readonly Sample[], seed: number, task: Pick<Task, 'classesOf'>): readonly Unit[] {
  return joinSamples(sortById(samples))
    .map((members) => {
      const key = members
        .map((sample) => sample.fingerprint)
        .reduce((least, fingerprint) => (fingerprint < least ? fingerprint : least))
      const classes = classesOf(members, task)
      const order = hashIntegers(seed, fnv1aOfText(key))
      return { samples: members, classes, label: mostFrequent(classes), key, order }
    })
    .toSorted((left, right) => left.order - right.order || (left.key < right.key ? -1 : 1))
}

/** Samples connected by an equal group or an equal fingerprint, directly or through others. */
function joinSamples(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const ties = tiedImages(samples)
  return [
    ...groupBy(
      samples.map((sample, index) => ({ sample, tie: ties[index] })),
      ({ tie }) => tie,
    ).values(),
  ].map((members) => members.map(({ sample }) => sample))
}

function classesOf(samples: readonly Sample[], task: Pick<Task, 'classesOf'>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { label } of samples)
    for (const index of task.classesOf(label)) counts.set(index, (counts.get(index) ?? 0) + 1)
  return counts
}

/** The class that most samples have, the first of equals; undefined where none has one. */
function mostFrequent(classes: ReadonlyMap<number, number>): number | undefined {
  const [best] = [...classes].toSorted(([left, a], [right, b]) => b - a || left - right)
  return best?.[0]
}

/** Gives each part the units that bring it nearest to its share; the rest trains. */
function fillParts(units: readonly Unit[], fractions: SplitFractions, parts: Map<Unit, Part>): void {
  const total = units.reduce((sum, unit) => sum + unit.samples.length, 0)
  const wanted = { test: Math.round(total * fractions.test), val: Math.round(total * fractions.val) }
  const counts = { test: 0, val: 0 }
  units.forEach((unit, index) => {
    const isLast = index === units.length - 1
    const part = isLast
      ? undefined
      : (['test', 'val'] as const).find((name) => comesNearer(counts[name], unit.samples.length, wanted[name]))
    parts.set(unit, part ?? 'train')
    if (part !== undefined) counts[part] += unit.samples.length
  })
}

function comesNearer(count: number, size: number, wanted: number): boolean {
  return Math.abs(count + size - wanted) < Math.abs(count - wanted)
}

/** A class that no training image is left of can't be learned: takes one unit of it back. */
function keepOneToTrain(units: readonly Unit[], parts: Map<Unit, Part>): void {
  const trained = new Set(
    units.filter((unit) => parts.get(unit) === 'train').flatMap(({ classes }) => [...classes.keys()]),
  )
  for (const unit of units.toReversed()) {
    if ([...unit.classes.keys()].every((index) => trained.has(index))) continue
    parts.set(unit, 'train')
    for (const index of unit.classes.keys()) trained.add(index)
  }
}
