import { candidatesOf, imageWays, isStepped, searchRecipes } from '@graft/graph-schema'
import type { SearchCandidate, SearchedNetwork, SearchImages, SearchRecipe } from '@graft/graph-schema'
import { cutAfter, stripHead } from '@graft/network'
import type { Network } from '@graft/network'
import { mostForLeastSquares } from '@graft/engines'
import { fewestForAllStages, mostForAverage } from '../../advice/few-and-many.js'
import { mulberry32, shuffled } from '../../../random.js'
import type { ModelValue } from '../../../sdk/values.js'
import { withInput } from '../../model/image-input.js'
import type { SearchParams } from './search-params.js'

/**
 * The candidates of a search: first the one that the others have to beat, which is what the advisor recommends most often,
 * on the middle and the whole of images where the network can see both; then all cheap ones, then dear ones drawn by lot,
 * as many as there may be.
 * @param images that are learned from
 */
export function chooseCandidates(
  models: readonly ModelValue[],
  params: SearchParams,
  images: number,
): readonly SearchCandidate[] {
  const networks = models.map(({ network }, index) => searchedNetwork(network, index, models, params))
  const wanted = searchRecipes.filter(
    (recipe) => params.recipes.includes(recipe) && !(byLeastSquares.includes(recipe) && images > mostForLeastSquares),
  )
  const recipes = beginningWith(usualFor(images, wanted), wanted)
  const all = candidatesOf(
    {
      ...params,
      recipes,
      cuts: once(params.cuts),
      rates: once(params.rates),
      augmentations: once(params.augmentations),
    },
    networks,
  )
  const cheap = beginningWith(
    all.find(({ images, recipe }) => images?.twice === true && recipe === betterTwice) ?? null,
    all.filter(({ recipe }) => !isStepped(recipe)),
  )
  const dear = shuffled(
    all.filter(({ recipe }) => isStepped(recipe)),
    mulberry32(params.seed),
  )
  const chosen = new Set([...cheap, ...dear].slice(0, params.trials))
  return [...cheap, ...all.filter(({ recipe }) => isStepped(recipe))].filter((candidate) => chosen.has(candidate))
}

/** What does better still on the middle and the whole of images; of the others that was not measured. */
const betterTwice: SearchRecipe = 'leastSquares'

/** What Train refuses for more images. */
const byLeastSquares: readonly SearchRecipe[] = ['leastSquares', 'pooledLeastSquares']
const onFrozen: readonly SearchRecipe[] = ['leastSquares', 'stages', 'head']

/** What the advisor takes unless another is better, where a head on a frozen network is wanted at all. */
function usualFor(images: number, wanted: readonly SearchRecipe[]): SearchRecipe | null {
  if (images < fewestForAllStages) return wanted.some((recipe) => onFrozen.includes(recipe)) ? 'head' : null
  const usual = images <= mostForAverage ? 'leastSquares' : 'stages'
  return wanted.includes(usual) ? usual : null
}

const beginningWith = <Item>(first: Item | null, items: readonly Item[]): readonly Item[] =>
  first === null ? items : [first, ...items.filter((item) => item !== first)]

const once = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)]

/** Stages that a network can end in. Two of one name are told apart by their number. */
function searchedNetwork(
  network: Network,
  index: number,
  models: readonly ModelValue[],
  { cuts, images }: Pick<SearchParams, 'cuts' | 'images'>,
): SearchedNetwork {
  const isAlone = models.every((other, place) => place === index || other.network.name !== network.name)
  const body = stripHead(network)
  const lastStages = cuts.flatMap((removed) => {
    const stage = body.stages.at(-1 - removed)
    return stage !== undefined && (removed === 0 || canCut(network, stage.name)) ? [[removed, stage.name] as const] : []
  })
  return {
    name: isAlone ? network.name : `${network.name} (${index + 1})`,
    lastStages: Object.fromEntries(lastStages),
    images: Object.fromEntries(
      images.flatMap((way) => {
        const prepared = imagesFor(network, way)
        return prepared === null ? [] : [[way, prepared] as const]
      }),
    ),
  }
}

/** Sides of images are multiples of this many pixels in most networks. */
const unit = 32

/** How images are prepared in this way; null where the network does so already, or works for its own images only. */
function imagesFor(network: Network, way: SearchImages): SearchCandidate['images'] | null {
  const { factor, whole, twice } = imageWays[way]
  const { height, width, resize } = network.preprocessing
  const side = (length: number): number => (factor === 1 ? length : unit * Math.round((factor * length) / unit))
  const sides = { height: side(height), width: side(width) }
  const work = ((twice ? 2 : 1) * sides.height * sides.width) / (height * width)
  // Where they are stretched already, the whole image is nothing new.
  if (whole ? resize === 'stretch' : work === 1) return null
  try {
    const body = stripHead(network)
    withInput(body, twice ? { views: 'middleAndWhole' } : { ...sides, ...(whole && { resize: 'stretch' }) })
    return { ...sides, whole, twice, work }
  } catch {
    return null
  }
}

function canCut(network: Network, stage: string): boolean {
  try {
    cutAfter(network, stage)
    return true
  } catch {
    return false
  }
}
