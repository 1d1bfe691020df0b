import { wilsonInterval } from '@graft/engines'
import { must } from '@graft/errors'
import { counted, hundredths } from '../conclude/words.js'
import { nearestTo } from '../measure/neighbours.js'
import { type FindFindings, type FindingInput, mostShown, type RawFinding } from './finding-input.js'

/** Below this share of right answers between two classes, guessing (half) is as likely as telling them apart. */
const toldApart = 0.7
const fewest = 8

/** Pairs of classes that heads take for each other about as often as not. */
export const findInseparable: FindFindings = (input) => {
  const { measured } = input
  if (measured === null) return []
  const { labels, classes } = measured.subject
  const { answers } = measured.head
  const taken = new Map<number, number>()
  const pairOf = (label: number, answer: number): number => label * classes.length + answer
  answers.forEach((answer, row) => {
    const pair = pairOf(labels[row] ?? 0, answer)
    taken.set(pair, (taken.get(pair) ?? 0) + 1)
  })
  const takenFor = (label: number, answer: number): number => taken.get(pairOf(label, answer)) ?? 0
  return mistaken([...taken.keys()], classes.length).flatMap(([first, second]): RawFinding[] => {
    const mixed = takenFor(first, second) + takenFor(second, first)
    const right = takenFor(first, first) + takenFor(second, second)
    const [low, high] = wilsonInterval(right, right + mixed)
    if (right + mixed < fewest || high >= toldApart || low > 0.5) return []
    return [describe(input, [first, second], right / (right + mixed), mixed)]
  })
}

/** Pairs of classes of which one was taken for the other, each once. */
function mistaken(pairs: readonly number[], classes: number): readonly (readonly [number, number])[] {
  const ordered = pairs.map((pair) => {
    const [label, answer] = [Math.floor(pair / classes), pair % classes]
    return Math.min(label, answer) * classes + Math.max(label, answer)
  })
  return [...new Set(ordered)]
    .map((pair) => [Math.floor(pair / classes), pair % classes] as const)
    .filter(([first, second]) => first !== second)
}

function describe(
  { looked, measured }: FindingInput,
  [first, second]: readonly [number, number],
  share: number,
  mixed: number,
): RawFinding {
  const { subject, alikeness } = must(measured, 'a measurement')
  const own = [first, second].map((index) => subject.classes[index] ?? 0)
  const names = own.map((label) => looked.classNames[label] ?? '')
  const rowsOf = (label: number | undefined): number[] => subject.rows.filter((row) => looked.labels[row] === label)
  const others = rowsOf(own[1])
  const closest = rowsOf(own[0])
    .flatMap((row) =>
      nearestTo(row, others, alikeness, subject.lookedGroups, 1).map(({ index, cosine }) => ({ row, index, cosine })),
    )
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, mostShown / 2)
  return {
    kind: 'inseparable',
    severity: 'warning',
    title: `${names.join(' and ')} can't be told apart`,
    text: `Between these two, ${hundredths(share)} of 100 answers were right; guessing gives 50. ${counted(mixed, 'image')} of one ${mixed === 1 ? 'was' : 'were'} taken for the other.`,
    fix: 'Look at the images that are most alike. Join the classes if people could not tell them apart either; else take more images, nearer or larger ones.',
    labels: own,
    count: mixed,
    groups: closest.map(({ row, index }) => [{ index: row }, { index }]),
  }
}
