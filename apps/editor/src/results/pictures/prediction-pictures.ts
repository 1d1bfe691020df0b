import type { GraphDocument, PredictionsFile } from '@graft/graph-schema'
import { addressOf } from '../../api/client.js'
import type { Picture } from './picture.js'

/** Images that a node has classified: under the folder, or at the file, that it was given. */
export function predictionPictures({ predictions }: PredictionsFile, path: string | null): readonly Picture[] {
  return predictions.map(({ file, probabilities, chosen }) => ({
    id: file,
    at: (size) =>
      path === null ? null : addressOf('getDataThumbnail', { query: { path: placeOf(path, file), size } }),
    answers: probabilities
      .map((probability, index) => ({ index, probability }))
      .toSorted((a, b) => b.probability - a.probability),
    chosen,
    label: null,
  }))
}

/** The path that a node was given, if it has one. */
export function pathOfNode(document: GraphDocument | null, node: string): string | null {
  const path = document?.nodes[node]?.params['path']
  return typeof path === 'string' ? path : null
}

/** Where a file of a folder lies; the folder may be the file itself. */
export const placeOf = (path: string, file: string): string =>
  path === file || path.endsWith(`/${file}`) ? path : `${path.replace(/\/+$/, '')}/${file}`
