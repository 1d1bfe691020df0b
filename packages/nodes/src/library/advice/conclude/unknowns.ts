import type { AdviceValue } from '@graft/graph-schema'
import type { LookedAt } from '../features/looked-at.js'
import type { Subject } from '../measure/subject.js'
import { counted, someOf } from './words.js'

type Unknown = AdviceValue['unknowns'][number]

/** What these images can't tell, each with its reason. */
export function unknownsOf(looked: LookedAt, subject: Subject | null, found: Found): readonly Unknown[] {
  const filled = looked.classNames.filter((_, label) => looked.labels.includes(label))
  return [
    ...(subject === null ? [nothingMeasured(filled, looked.labels.length)] : unsure(looked, subject, filled)),
    ...unproven(filled.length, subject !== null, found),
    ...notLookedAt(looked),
    ...(subject !== null && !looked.hasTest ? [noTest] : []),
  ]
}

/** What was found of the best way. */
interface Found {
  /** Whether it is surely better than always saying the most frequent class. */
  readonly beatsGuessing: boolean
  /** Whether heads were solved. */
  readonly solved: boolean
}

/** What too few different images of a class, or of all, leave open. */
function unsure({ labels }: LookedAt, subject: Subject, filled: readonly string[]): readonly Unknown[] {
  const unmeasured = filled.filter((name) => !namesOf(subject).includes(name))
  const perClass = subject.rows.length / subject.classes.length
  return [
    ...tell(
      unmeasured.length > 0,
      'single-pictures',
      `How well ${someOf(unmeasured)} can be recognised: there are no two different images of ${unmeasured.length === 1 ? 'it' : 'each'}. Copies count as one.`,
    ),
    ...tell(
      perClass < 10,
      'few-pictures',
      `More than a rough idea: with ${counted(labels.length, 'image')} in ${counted(filled.length, 'class', 'classes')} the intervals are wide, and one image more or less changes the numbers.`,
    ),
  ]
}

/** What the best way that was found does not show. */
function unproven(classes: number, isMeasured: boolean, { beatsGuessing, solved }: Found): readonly Unknown[] {
  return [
    ...tell(
      isMeasured && !beatsGuessing,
      'guessing',
      'Whether these classes can be told apart at all: the best way that was found is not surely better than always saying the most frequent class.',
    ),
    ...tell(
      !solved,
      'many-classes',
      `How good a solved head is with ${counted(classes, 'class', 'classes')}: measuring it would take long. The numbers are those of class means, which it mostly beats.`,
    ),
  ]
}

function notLookedAt({ labels, unlabelled, leftOut }: LookedAt): readonly Unknown[] {
  return [
    ...tell(
      unlabelled > 0,
      'unlabelled',
      `Anything about ${counted(unlabelled, 'image')} without a class: they were left alone.`,
    ),
    ...tell(
      leftOut > 0,
      'left-out',
      `Whether the other ${counted(leftOut, 'image')} are of the same kind: ${counted(labels.length, 'image')}, drawn evenly from all classes, ${labels.length === 1 ? 'was' : 'were'} looked at. With all of them learned from, the accuracy may be higher.`,
    ),
  ]
}

const noTest: Unknown = {
  code: 'no-test',
  words:
    'How the trained model does on images that had no part in any choice: there is no test part. The graph that this advice makes tests on a fifth of the images, which it does not learn from, but this advice was chosen with them as well. For a number without that, take new images, or put them into a test folder before you ask.',
}

const tell = (applies: boolean, code: string, words: string): readonly Unknown[] => (applies ? [{ code, words }] : [])

const namesOf = ({ classes, looked }: Subject): readonly string[] =>
  classes.map((label) => looked.classNames[label] ?? '')

function nothingMeasured(filled: readonly string[], pictures: number): Unknown {
  if (pictures === 0) return { code: 'no-pictures', words: 'Anything: there are no images with a class.' }
  if (filled.length === 1)
    return {
      code: 'one-class',
      words: `Whether ${filled[0] ?? ''} can be recognised: all images are of this one class, so there is nothing to tell it apart from.`,
    }
  return {
    code: 'too-few',
    words:
      'How well anything can be recognised: that takes two different images of two classes at least, one to learn from and one to ask about. Copies count as one.',
  }
}

/** What to do first where nothing could be measured. */
export function firstStep(code: string | undefined): string {
  if (code === 'no-pictures') return 'Sort some images into folders, one folder per class, and ask again.'
  if (code === 'one-class')
    return 'Add a second folder with images of something else (or of everything else), 20 or more, and ask again.'
  return 'Take more images, all different, 20 or more of every class, and ask again.'
}
