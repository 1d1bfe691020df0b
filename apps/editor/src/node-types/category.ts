import type { IconName } from '../ui/Icon.js'

/** Icon of each category that the built-in nodes use; other categories get a plain one. */
const icons: Readonly<Record<string, IconName>> = {
  data: 'data',
  model: 'model',
  training: 'training',
  evaluation: 'evaluation',
  output: 'output',
  advice: 'advice',
}

const slugOf = (category: string | undefined): string => (category ?? '').toLowerCase()

export const categoryIcon = (category: string | undefined): IconName => icons[slugOf(category)] ?? 'settings'

/** A CSS colour for a category. */
export const categoryColor = (category: string | undefined): string =>
  `var(--category-${Object.hasOwn(icons, slugOf(category)) ? slugOf(category) : 'other'})`
