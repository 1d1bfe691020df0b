import { counted, someOf } from '../conclude/words.js'
import type { FindFindings } from './finding-input.js'

const few = 5

/** Classes of which there is next to nothing. */
export const findFewPictures: FindFindings = ({ countPerClass, looked: { classNames } }) => {
  const thin = [...countPerClass.keys()].filter((label) => (countPerClass[label] ?? 0) < few)
  if (thin.length === 0) return []
  return [
    {
      kind: 'fewPictures',
      severity: 'warning',
      title: `${counted(thin.length, 'class has', 'classes have')} fewer than ${few} images`,
      text: `From so few, little can be learned, and hardly anything can be said of how well: ${someOf(thin.map((label) => `${classNames[label] ?? ''} (${countPerClass[label] ?? 0})`))}.`,
      fix: 'Take 20 images or more of every class.',
      labels: thin,
      count: thin.length,
      groups: [],
    },
  ]
}
