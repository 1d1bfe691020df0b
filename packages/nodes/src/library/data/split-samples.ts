import type { Sample } from '@graft/graph-schema'
import { hashIntegers, fnv1aOfText } from '../../random.js'
import { groupBy } from './group-by.js'

export interface SplitFractions {
  readonly val: number
  readonly test: number
}

export interface SplitOptions extends SplitFractions {
  /** Keep the proportions of the classes in every part. */
  readonly stratify: boolean
  readonly seed: number
}

type Part = 'train' | 'val' | 'test'
export type SplitParts = Readonly<Record<Part, readonly Sample[]>>

/** Samples that must stay together: the same group, or the same image twice. */
interface Unit {
  readonly samples: readonly Sample[]
  /** Class that most of them have. */
  readonly label: number
  /** Draws its place in the shuffled order; depends on seed and content only. */
  readonly order: number
  readonly key: string
}

/**
 * Draws train, validation and test parts. Depends on the images' content and the seed only, never on the order of
 * files; samples of one group, or with equal bytes, never land in different parts; every class keeps a training
 * image. Parts are sorted by id.
 */
export function splitSamples(samples: readonly Sample[], options: SplitOptions): SplitParts {
  const units = shuffledUnits(samples, options.seed)
  const strata = options.stratify ? [...groupBy(units, (unit) => unit.label).values()] : [units]
  const parts = new Map<Unit, Part>()
  for (const stratum of strata) fillParts(stratum, options, parts)
  keepOneToTrain(units, parts)
  const pick = (part: Part): readonly Sample[] =>
    sortById(units.filter((unit) => parts.get(unit) === part).flatMap((unit) => unit.samples))
  return { train: pick('train'), val: pick('val'), test: pick('test') }
}

/** In order of id, by code units: the same on every machine and in every language. */
export function sortById(samples: readonly Sample[]): readonly Sample[] {
  return samples.toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
}

function shuffledUnits(samples: readonly Sample[], seed: number): readonly Unit[] {
  return joinSamples(sortById(samples))
    .map((members) => {
      const key = members
        .map((sample) => sample.fingerprint)
        .reduce((least, fingerprint) => (fingerprint < least ? fingerprint : least))
      return { samples: members, label: mostFrequentLabel(members), key, order: hashIntegers(seed, fnv1aOfText(key)) }
    })
    .toSorted((left, right) => left.order - right.order || (left.key < right.key ? -1 : 1))
}

/** Samples connected by an equal group or an equal fingerprint, directly or through others. */
function joinSamples(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const parents = samples.map((_, index) => index)
  const rootOf = (index: number): number => {
    let root = index
    while (parents[root] !== root) root = parents[root] = parents[parents[root]!]!
    return root
  }
  const firstWith = new Map<string, number>()
  samples.forEach(({ group, fingerprint }, index) => {
    for (const tie of [`fingerprint ${fingerprint}`, ...(group === undefined ? [] : [`group ${group}`])]) {
      const first = firstWith.get(tie)
      if (first === undefined) firstWith.set(tie, index)
      else parents[rootOf(index)] = rootOf(first)
    }
  })
  return [
    ...groupBy(
      samples.map((sample, index) => ({ sample, root: rootOf(index) })),
      ({ root }) => root,
    ).values(),
  ].map((members) => members.map(({ sample }) => sample))
}

function mostFrequentLabel(samples: readonly Sample[]): number {
  const counts = groupBy(samples, (sample) => sample.label)
  return [...counts].reduce((best, entry) =>
    entry[1].length > best[1].length || (entry[1].length === best[1].length && entry[0] < best[0]) ? entry : best,
  )[0]
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

/** A class that no training image is left of can't be learnt: takes one unit of it back. */
function keepOneToTrain(units: readonly Unit[], parts: Map<Unit, Part>): void {
  const trained = new Set(
    units.filter((unit) => parts.get(unit) === 'train').flatMap((unit) => unit.samples.map((sample) => sample.label)),
  )
  for (const unit of units.toReversed()) {
    if (unit.samples.every((sample) => trained.has(sample.label))) continue
    parts.set(unit, 'train')
    for (const sample of unit.samples) trained.add(sample.label)
  }
}
