import { candidatesOf, isStepped, searchRecipes } from '@graft/graph-schema'
import type { SearchCandidate, SearchedNetwork, SearchRecipe } from '@graft/graph-schema'
import { cutAfter, stripHead } from '@graft/network'
import type { Network } from '@graft/network'
import { mostForLeastSquares } from '@graft/engines'
import { fewestForAllStages, mostForAverage } from '../../advice/few-and-many.js'
import { mulberry32, shuffled } from '../../../random.js'
import type { ModelValue } from '../../../sdk/values.js'
import type { SearchParams } from './search-params.js'

/**
 * The candidates of a search: what the advisor recommends most often, then all cheap ones, then dear ones drawn by lot, as
 * many as there may be.
 * @param images that are learned from
 */
export function chooseCandidates(
  models: readonly ModelValue[],
  params: SearchParams,
  images: number,
): readonly SearchCandidate[] {
  const networks = models.map(({ network }, index) => searchedNetwork(network, index, models, params.cuts))
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
  const dear = shuffled(
    all.filter(({ recipe }) => isStepped(recipe)),
    mulberry32(params.seed),
  )
  const chosen = new Set([...all.filter(({ recipe }) => !isStepped(recipe)), ...dear].slice(0, params.trials))
  return all.filter((candidate) => chosen.has(candidate))
}

/** What Train refuses for more images. */
const byLeastSquares: readonly SearchRecipe[] = ['leastSquares', 'pooledLeastSquares']
const onFrozen: readonly SearchRecipe[] = ['leastSquares', 'stages', 'head']

/** What the advisor takes unless another is better, where a head on a frozen network is wanted at all. */
function usualFor(images: number, wanted: readonly SearchRecipe[]): SearchRecipe | null {
  if (images < fewestForAllStages) return wanted.some((recipe) => onFrozen.includes(recipe)) ? 'head' : null
  const usual = images <= mostForAverage ? 'leastSquares' : 'stages'
  return wanted.includes(usual) ? usual : null
}

const beginningWith = (first: SearchRecipe | null, recipes: readonly SearchRecipe[]): readonly SearchRecipe[] =>
  first === null ? recipes : [first, ...recipes.filter((recipe) => recipe !== first)]

const once = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)]

/** Stages that a network can end in. Two of one name are told apart by their number. */
function searchedNetwork(
  network: Network,
  index: number,
  models: readonly ModelValue[],
  cuts: readonly number[],
): SearchedNetwork {
  const isAlone = models.every((other, place) => place === index || other.network.name !== network.name)
  const body = stripHead(network)
  const lastStages = cuts.flatMap((removed) => {
    const stage = body.stages.at(-1 - removed)
    return stage !== undefined && (removed === 0 || canCut(network, stage.name)) ? [[removed, stage.name] as const] : []
  })
  return { name: isAlone ? network.name : `${network.name} (${index + 1})`, lastStages: Object.fromEntries(lastStages) }
}

function canCut(network: Network, stage: string): boolean {
  try {
    cutAfter(network, stage)
    return true
  } catch {
    return false
  }
}
