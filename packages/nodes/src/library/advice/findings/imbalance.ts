import { counted, someOf } from '../conclude/words.js'
import type { FindFindings } from './finding-input.js'

const noted = 4
const warned = 10

/** Classes of very different sizes. */
export const findImbalance: FindFindings = ({ countPerClass, looked: { classNames } }) => {
  const filled = countPerClass.filter((count) => count > 0)
  const [smallest, largest] = [Math.min(...filled), Math.max(...filled)]
  if (filled.length < 2 || largest < noted * smallest) return []
  const rare = [...countPerClass.keys()].filter((label) => {
    const count = countPerClass[label] ?? 0
    return count > 0 && count * noted <= largest
  })
  return [
    {
      kind: 'imbalance',
      severity: largest >= warned * smallest ? 'warning' : 'note',
      title: `The largest class has ${Math.round(largest / smallest)} times as many images as the smallest`,
      text: `Rare classes are recognised less often, and an accuracy over all images hides it: ${someOf(rare.map((label) => `${classNames[label] ?? ''} (${counted(countPerClass[label] ?? 0, 'image')})`))}.`,
      fix: 'Take more images of the rare classes, or set the sampling of Train to balanced.',
      labels: rare,
      count: rare.length,
      groups: [],
    },
  ]
}
