import { counted } from '../conclude/words.js'
import { nearestTo, voteOf } from '../measure/neighbours.js'
import { type FindFindings, mostShown } from './finding-input.js'

const asked = 5
/** Of the neighbours, and of the head that had not seen the image. */
const sure = { neighbours: 0.8, head: 0.6 }

/** Images that their neighbours and a head that had not seen them take for one and the same other class. */
export const findDisagreeing: FindFindings = ({ looked: { labels }, measured }) => {
  if (measured === null) return []
  const { subject, head, alikeness } = measured
  if (subject.rows.length / subject.classes.length < asked) return []
  const found = subject.rows
    .flatMap((row, index) => {
      const answer = subject.classes[head.answers[index] ?? 0] ?? 0
      const confidence = head.confidence[index] ?? 0
      if (answer === labels[row] || confidence < sure.head) return []
      const { label, share } = voteOf(nearestTo(row, subject.rows, alikeness, subject.lookedGroups, asked), labels)
      return label === answer && share >= sure.neighbours ? [{ row, answer, confidence }] : []
    })
    .toSorted((a, b) => b.confidence - a.confidence)
  if (found.length === 0) return []
  return [
    {
      kind: 'disagreeing',
      severity: 'note',
      title: `${counted(found.length, 'image looks', 'images look')} like another class`,
      text: 'Their nearest images are nearly all of one other class, and a head that had not seen them says the same. They may lie in the wrong folder; or they are rare examples, which are worth keeping.',
      fix: 'Look at them, and move those that lie in the wrong folder.',
      labels: [...new Set(found.map(({ row }) => labels[row] ?? 0))].toSorted((a, b) => a - b),
      count: found.length,
      groups: found.slice(0, mostShown).map(({ row, answer }) => [{ index: row, otherLabel: answer }]),
    },
  ]
}
