import type { Part, SplitFractions, Unit } from './split-unit.js'

/** What a part still wants: samples, and samples of each class. */
interface Wish {
  readonly part: Part
  samples: number
  readonly classes: Map<number, number>
}

/**
 * Gives units to parts so that every class keeps its proportions, where samples have several classes: the class with
 * the fewest samples left is dealt out first, each unit to the part that wants that class most (Sechidis, Tsoumakas and
 * Vlahavas 2011, "On the stratification of multi-label data"). Units must come shuffled; those without a class go last.
 */
export function stratifyIteratively(
  units: readonly Unit[],
  { val, test }: SplitFractions,
  parts: Map<Unit, Part>,
): void {
  const shares: readonly (readonly [Part, number])[] = [
    ['train', 1 - val - test],
    ['val', val],
    ['test', test],
  ]
  const total = units.reduce((sum, unit) => sum + unit.samples.length, 0)
  const left = countClasses(units)
  const wishes = shares
    .filter(([, share]) => share > 0)
    .map(
      ([part, share]): Wish => ({
        part,
        samples: total * share,
        classes: new Map([...left].map(([index, count]) => [index, count * share])),
      }),
    )
  const waiting = new Set(units)
  const give = (unit: Unit, wish: Wish): void => {
    parts.set(unit, wish.part)
    waiting.delete(unit)
    wish.samples -= unit.samples.length
    for (const [index, count] of unit.classes) {
      wish.classes.set(index, (wish.classes.get(index) ?? 0) - count)
      left.set(index, (left.get(index) ?? 0) - count)
    }
  }
  for (let rarest = rarestOf(left); rarest !== null; rarest = rarestOf(left)) {
    const index = rarest
    for (const unit of [...waiting].filter(({ classes }) => classes.has(index)))
      give(
        unit,
        keenest(wishes, (wish) => wish.classes.get(index) ?? 0),
      )
  }
  for (const unit of waiting)
    give(
      unit,
      keenest(wishes, () => 0),
    )
}

function countClasses(units: readonly Unit[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { classes } of units)
    for (const [index, count] of classes) counts.set(index, (counts.get(index) ?? 0) + count)
  return counts
}

/** The class with the fewest samples that are still to be dealt out, the first of equals; null when none is left. */
function rarestOf(left: ReadonlyMap<number, number>): number | null {
  const open = [...left].filter(([, count]) => count > 0).toSorted(([a, few], [b, many]) => few - many || a - b)
  return open[0]?.[0] ?? null
}

/** The part that wants it most; of equals the one that wants most samples at all, then in the order train, val, test. */
function keenest(wishes: readonly Wish[], wanted: (wish: Wish) => number): Wish {
  return wishes.reduce((best, wish) => {
    const gain = wanted(wish) - wanted(best)
    return gain > 0 || (gain === 0 && wish.samples > best.samples) ? wish : best
  })
}
