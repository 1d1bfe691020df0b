import type { DatasetSummary, TemplateSummary } from '@graft/graph-schema'
import { counted, whole } from '../ui/format.js'
import { littlePerClass, typicalCount } from './look-at-data.js'

export interface Suggestion {
  readonly id: string
  readonly reason: string
}

/** Recipes that work on a folder with a folder per class: those that wait for one first, then the four of the plane. */
export function recipesForPhotos(templates: readonly TemplateSummary[]): readonly TemplateSummary[] {
  return [
    ...templates.filter(({ needsPhotos }) => needsPhotos),
    ...templates.filter(({ needsPhotos, quadrant }) => !needsPhotos && quadrant !== null),
  ]
}

/**
 * Which recipe to try first, by how many images a typical class has. How similar they are to what the network knows
 * can't be told by counting, so the suggestion is for photos of everyday things, and says so.
 */
export function suggestRecipe(templates: readonly TemplateSummary[], summary: DatasetSummary): Suggestion | null {
  const own = templates.filter(({ needsPhotos }) => needsPhotos)
  const typical = typicalCount(summary)
  const isLittle = typical < littlePerClass
  const template = isLittle ? own[0] : (own[1] ?? own[0])
  if (template === undefined) return null
  const images = `About ${counted(typical, 'image')} per class, ${whole(summary.count)} in all`
  return {
    id: template.id,
    reason: isLittle
      ? `${images}: few enough that training only a new head is hard to beat, and takes seconds.`
      : `${images}: enough to let late stages follow after the head is trained.`,
  }
}
