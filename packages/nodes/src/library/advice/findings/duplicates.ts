import { counted } from '../conclude/words.js'
import type { FindFindings } from './finding-input.js'
import { mostShown } from './finding-input.js'

const howFound = (byPixels: boolean): string =>
  byPixels
    ? 'Found by what the network sees in them and by their pixels, turned and mirrored too.'
    : 'Found by what the network sees in them alone: there are too many images to compare their pixels, so that turned and mirrored copies may be missing here.'

/** Images that are nearly the same: in different classes one label is wrong, in the same class one is of no use. */
export const findDuplicates: FindFindings = ({ pairs, byPixels, looked: { labels } }) => {
  const how = howFound(byPixels)
  const across = pairs.filter(([first, second]) => labels[first] !== labels[second])
  const within = pairs.filter(([first, second]) => labels[first] === labels[second])
  const shown = (some: typeof pairs) => some.slice(0, mostShown).map((pair) => pair.map((index) => ({ index })))
  const labelsIn = (some: typeof pairs): number[] =>
    [...new Set(some.flat().map((index) => labels[index] ?? 0))].toSorted((a, b) => a - b)
  return [
    ...(across.length === 0
      ? []
      : [
          {
            kind: 'duplicates' as const,
            severity: 'warning' as const,
            title: `${counted(across.length, 'pair')} of nearly the same image in different classes`,
            text: `One of the two labels is wrong, or the classes overlap. What is learned from such a pair contradicts itself. ${how}`,
            fix: 'Look at each pair and remove the wrong one.',
            labels: labelsIn(across),
            count: across.length,
            groups: shown(across),
          },
        ]),
    ...(within.length === 0
      ? []
      : [
          {
            kind: 'duplicates' as const,
            severity: 'note' as const,
            title: `${counted(within.length, 'pair')} of nearly the same image within a class`,
            text: `Copies, crops or shots in a row teach nothing new; a Split that draws them apart would flatter the test. ${how}`,
            fix: 'Remove copies, or keep shots of one thing together (Group by in Image Folder).',
            labels: labelsIn(within),
            count: within.length,
            groups: shown(within),
          },
        ]),
  ]
}
