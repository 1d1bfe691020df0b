import type { SearchAugmentation, SearchCandidate, SearchRecipe } from '../values/details/search-candidate.js'

/** What each recipe is called. */
export const recipeTitles: Readonly<Record<SearchRecipe, string>> = {
  stages: 'head on all stages',
  leastSquares: 'least squares on all stages',
  neighbours: 'nearest neighbours on all stages',
  pooled: 'head on averages and maxima of all stages',
  pooledLeastSquares: 'least squares on averages and maxima of all stages',
  mirrored: 'head on all stages, mirrored images too',
  head: 'head on the last stage',
  norms: 'norms and biases train too',
  lastStage: 'last stage trains too',
  everything: 'all of it trains',
}

/**
 * Recipes that train step by step, with rate, epochs and augmentation, and how many passes through the network a step
 * costs about; the others are solved at once.
 */
export const passesPerStep: Partial<Record<SearchRecipe, number>> = { norms: 2, lastStage: 1.5, everything: 3 }

export const isStepped = (recipe: SearchRecipe): boolean => passesPerStep[recipe] !== undefined

/** What is searched. */
export interface SearchSpace {
  readonly recipes: readonly SearchRecipe[]
  /** How many late stages to cut off. */
  readonly cuts: readonly number[]
  readonly rates: readonly number[]
  readonly augmentations: readonly SearchAugmentation[]
}

/** A network, and for every number of stages that can be cut off the stage that is the last one then. */
export interface SearchedNetwork {
  readonly name: string
  readonly lastStages: Readonly<Record<number, string>>
}

/**
 * Every candidate of a space: those that are solved by cut, then those that train step by step by recipe, recipes in the
 * order given.
 */
export function candidatesOf(space: SearchSpace, networks: readonly SearchedNetwork[]): SearchCandidate[] {
  const bodies = space.cuts.flatMap((removed) =>
    networks.flatMap(({ name, lastStages }, network) => {
      const last = lastStages[removed]
      return last === undefined ? [] : [{ network, name, removed, last }]
    }),
  )
  const solved = space.recipes.filter((recipe) => !isStepped(recipe))
  const stepped = space.recipes.filter(isStepped)
  return [
    ...bodies.flatMap((body) =>
      solved.map((recipe): SearchCandidate => ({ ...body, recipe, rate: null, augmentation: 'none' })),
    ),
    ...stepped.flatMap((recipe) =>
      bodies.flatMap((body) =>
        space.rates.flatMap((rate) =>
          space.augmentations.map((augmentation): SearchCandidate => ({ ...body, recipe, rate, augmentation })),
        ),
      ),
    ),
  ]
}

/** A candidate in a line. */
export function describeCandidate({ name, removed, recipe, rate, augmentation }: SearchCandidate): string {
  return [
    name,
    ...(removed === 0 ? [] : [removed === 1 ? 'without the last stage' : `without the last ${removed} stages`]),
    recipeTitles[recipe],
    ...(rate === null ? [] : [`rate ${rate}`]),
    ...(augmentation === 'none' ? [] : [`${augmentation} augmentation`]),
  ].join(', ')
}
