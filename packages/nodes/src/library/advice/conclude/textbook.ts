import type { AdvicePosition, Textbook } from '@graft/graph-schema'
import { differenceBetween, type MeasuredCandidate } from './candidates.js'

interface Rule {
  readonly words: string
  readonly follows: (candidate: {
    readonly recipe: string
    readonly features: string
    readonly cut: string | null
  }) => boolean
}

/** The table of every course on transfer learning. */
const rules: Readonly<Record<AdvicePosition['size'], Readonly<Record<AdvicePosition['likeness'], Rule>>>> = {
  small: {
    similar: {
      words: 'Few images, like those that the network knows: freeze all of it and train a new head on its last stage.',
      follows: ({ recipe, features, cut }) => recipe === 'probe' && features === 'last' && cut === null,
    },
    different: {
      words:
        'Few images, unlike those that the network knows: cut its late stages off and train a head on what is left.',
      follows: ({ recipe, features, cut }) => recipe === 'probe' && features === 'last' && cut !== null,
    },
  },
  large: {
    similar: {
      words: 'Many images, like those that the network knows: train a head, then fine-tune the network at a low rate.',
      follows: ({ recipe }) => recipe === 'fineTune',
    },
    different: {
      words:
        'Many images, unlike those that the network knows: keep its architecture and learn everything from scratch.',
      follows: ({ recipe }) => recipe === 'scratch',
    },
  },
}

/** What the textbook says of this quadrant, and how that does on the same images. */
export function textbookOf(
  { network, size, likeness }: AdvicePosition,
  candidates: readonly {
    readonly id: string
    readonly network: string
    readonly recipe: string
    readonly features: 'last' | 'all'
    readonly cut: string | null
  }[],
  measured: readonly MeasuredCandidate[],
  chosen: MeasuredCandidate | null,
): Textbook {
  const { words, follows } = rules[size][likeness]
  const own = candidates.find((candidate) => candidate.network === network && follows(candidate)) ?? null
  const tried = measured.find(({ id }) => id === own?.id)
  return {
    ...{ size, likeness, words },
    candidate: own?.id ?? null,
    agrees: own !== null && own.id === chosen?.id,
    difference: tried && chosen ? differenceBetween(chosen, tried) : null,
  }
}
