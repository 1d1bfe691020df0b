/** What happens to a stage of the network in a recipe. */
export type StageFate = 'frozen' | 'slow' | 'train' | 'fresh' | 'cut'

export interface Quadrant {
  readonly size: 'small' | 'large'
  readonly similarity: 'similar' | 'different'
  /** When to use it. */
  readonly when: string
  /** The backbone's stages from input to output, as the recipe treats them; the new head comes on top. */
  readonly stages: readonly StageFate[]
}

/** The plane of transfer learning, in reading order: much data above, like the source on the left. */
export const quadrants: readonly Quadrant[] = [
  {
    size: 'large',
    similarity: 'similar',
    when: 'Hundreds of images per class or more, of things and scenes like those in everyday photos.',
    stages: ['frozen', 'frozen', 'slow', 'slow'],
  },
  {
    size: 'large',
    similarity: 'different',
    when: 'Thousands of images of something else entirely: textures, microscopes, satellites, drawings.',
    stages: ['fresh', 'fresh', 'fresh', 'fresh'],
  },
  {
    size: 'small',
    similarity: 'similar',
    when: 'A few dozen images per class, of things like those in everyday photos. The best first try for most.',
    stages: ['frozen', 'frozen', 'frozen', 'frozen'],
  },
  {
    size: 'small',
    similarity: 'different',
    when: 'A few dozen images per class of something a photo network has never seen.',
    stages: ['frozen', 'slow', 'cut', 'cut'],
  },
]

/** What the drawing of a recipe says in words. */
export function describeStages(stages: readonly StageFate[]): string {
  const words: Readonly<Record<StageFate, string>> = {
    frozen: 'kept as it is',
    slow: 'trained slowly',
    train: 'trained',
    fresh: 'trained from scratch',
    cut: 'cut off',
  }
  const runs: { fate: StageFate; count: number }[] = []
  for (const fate of stages) {
    const last = runs.at(-1)
    if (last?.fate === fate) last.count += 1
    else runs.push({ fate, count: 1 })
  }
  return [
    ...runs.map(({ fate, count }) => `${count} of ${stages.length} stages ${words[fate]}`),
    'a new head trained',
  ].join(', ')
}
