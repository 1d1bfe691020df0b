import type {
  SearchAugmentation,
  SearchCandidate,
  SearchImages,
  SearchRecipe,
} from '../values/details/search-candidate.js'

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

/** A way to prepare images: by how much their sides grow, and whether all of an image is seen, alone or beside its middle. */
interface ImageWay {
  readonly title: string
  readonly factor: number
  readonly whole: boolean
  readonly twice: boolean
}

/** What each way to prepare images is. */
export const imageWays: Readonly<Record<SearchImages, ImageWay>> = {
  asItIs: { title: 'As the network says', factor: 1, whole: false, twice: false },
  twice: { title: 'The middle and the whole', factor: 1, whole: false, twice: true },
  whole: { title: 'The whole image', factor: 1, whole: true, twice: false },
  larger: { title: 'Larger', factor: 9 / 7, whole: false, twice: false },
  largerWhole: { title: 'The whole image, larger', factor: 9 / 7, whole: true, twice: false },
}

/** What is searched. */
export interface SearchSpace {
  readonly recipes: readonly SearchRecipe[]
  /** How many late stages to cut off. */
  readonly cuts: readonly number[]
  readonly images: readonly SearchImages[]
  readonly rates: readonly number[]
  readonly augmentations: readonly SearchAugmentation[]
}

/**
 * A network; for every number of stages that can be cut off the stage that is the last one then; and how images can be
 * prepared otherwise than it says.
 */
export interface SearchedNetwork {
  readonly name: string
  readonly lastStages: Readonly<Record<number, string>>
  readonly images: Readonly<Partial<Record<SearchImages, NonNullable<SearchCandidate['images']>>>>
}

type Body = Pick<SearchCandidate, 'network' | 'name' | 'removed' | 'last' | 'images'>

/**
 * Every candidate of a space: those that are solved by cut, then those that train step by step by recipe, recipes in the
 * order given. Images that are prepared otherwise are tried on whole networks, with the first recipe that is solved: each
 * way takes a pass of its own.
 */
export function candidatesOf(space: SearchSpace, networks: readonly SearchedNetwork[]): SearchCandidate[] {
  const bodies = space.cuts.flatMap((removed) =>
    networks.flatMap(({ name, lastStages }, network): Body[] => {
      const last = lastStages[removed]
      return last === undefined ? [] : [{ network, name, removed, last }]
    }),
  )
  const solved = space.recipes.filter((recipe) => !isStepped(recipe))
  const stepped = space.recipes.filter(isStepped)
  const asTheySay = space.images.includes('asItIs') ? bodies : []
  const otherwise = bodies.filter(({ removed }) => removed === 0).flatMap((body) => withImages(body, space, networks))
  const solvedBy = (recipes: readonly SearchRecipe[], body: Body): SearchCandidate[] =>
    recipes.map((recipe) => ({ ...body, recipe, rate: null, augmentation: 'none' }))
  return [
    ...asTheySay.filter(({ removed }) => removed === 0).flatMap((body) => solvedBy(solved, body)),
    ...otherwise.flatMap((body) => solvedBy(solved.slice(0, 1), body)),
    ...asTheySay.filter(({ removed }) => removed > 0).flatMap((body) => solvedBy(solved, body)),
    ...stepped.flatMap((recipe) =>
      asTheySay.flatMap((body) =>
        space.rates.flatMap((rate) =>
          space.augmentations.map((augmentation): SearchCandidate => ({ ...body, recipe, rate, augmentation })),
        ),
      ),
    ),
  ]
}

/** The body with every other way to prepare images that its network works with. */
const withImages = (body: Body, space: SearchSpace, networks: readonly SearchedNetwork[]): Body[] =>
  space.images.flatMap((way) => {
    const images = networks[body.network]?.images[way]
    return images === undefined ? [] : [{ ...body, images }]
  })

/** A candidate in a line. */
export function describeCandidate({ name, removed, images, recipe, rate, augmentation }: SearchCandidate): string {
  return [
    name,
    ...(removed === 0 ? [] : [removed === 1 ? 'without the last stage' : `without the last ${removed} stages`]),
    recipeTitles[recipe],
    ...(images === undefined ? [] : [imagesText(images)]),
    ...(rate === null ? [] : [`rate ${rate}`]),
    ...(augmentation === 'none' ? [] : [`${augmentation} augmentation`]),
  ].join(', ')
}

const imagesText = ({ height, width, whole, twice }: NonNullable<SearchCandidate['images']>): string =>
  twice ? 'the middle and the whole of images' : `${whole ? 'whole images' : 'images'} of ${width} x ${height} pixels`
