import type { AdviceValue, AdviceCandidate, Estimate } from '@graft/graph-schema'
import { percent, percentRange } from '../../ui/format.js'

/** `83% (78 to 87%)`. */
export const estimateText = ({ value, low, high }: Estimate): string =>
  `${percent(value, 0)} (${percentRange(low, high)})`

/** A difference of shares in percentage points, with its sign and its interval. */
export function pointsText({ value, low, high }: Estimate): string {
  const signed = (share: number): string => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`
  return `${signed(value)} percentage points (${signed(low)} to ${signed(high)})`
}

/** What a recipe does, for people who know no networks. */
export const recipeWords: Readonly<Record<AdviceCandidate['recipe'], string>> = {
  probe: 'Only the last step is learned',
  leastSquares: 'Only the last step is learned, as an average of many solutions',
  classMeans: 'Compares with the average of each class',
  fineTune: 'The whole network is adjusted as well',
  scratch: 'The whole network is learned from scratch',
}

export const featureWords: Readonly<Record<AdviceCandidate['features'], string>> = {
  last: 'reads the last stage',
  all: 'reads all stages',
}

/** Where the number of a candidate comes from: a word, and how it is meant. */
export const statusWords: Readonly<Record<AdviceCandidate['status'], string>> = {
  measured: 'Measured',
  tried: 'Tried briefly',
  predicted: 'Predicted',
}

/** The network of a candidate as people read it. */
export const networkTitle = ({ networks }: Pick<AdviceValue, 'networks'>, id: string): string =>
  networks.find((network) => network.id === id)?.title ?? id
