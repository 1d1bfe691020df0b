import type { Explain } from '../explain/use-explanation.js'

/** An image with what a network said about it. */
export interface Picture {
  readonly id: string
  /** Where a copy of about this many pixels is; null: there is none. */
  readonly at: (pixels: number) => string | null
  /** Classes with their probabilities, likeliest first; none where no network was asked. */
  readonly answers: readonly Answer[]
  /** The classes that the network says are there. */
  readonly chosen: readonly number[]
  /** The right class; null where nobody said which. */
  readonly label: number | null
  /** All that is in the image, where there may be several; absent: `label` says it. */
  readonly labels?: readonly number[]
  /** Asks what in it speaks for its likeliest class; absent where no network is at hand. */
  readonly explain?: Explain
}

export interface Answer {
  readonly index: number
  readonly probability: number
}

export const surest = ({ answers }: Picture): Answer => answers[0] ?? { index: 0, probability: 0 }

export const isRight = ({ label, chosen }: Picture): boolean | null =>
  label === null ? null : chosen.length === 1 && chosen[0] === label

/** The last part of a name. */
export const shortName = (id: string): string => id.split('/').at(-1) ?? id
