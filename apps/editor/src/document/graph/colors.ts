/**
 * Colours of frames and nodes, by the name that the file keeps, and what style sheets call them. Fit for both themes.
 */
const palette = {
  green: 'var(--series-3)',
  blue: 'var(--port-dataset)',
  purple: 'var(--port-model)',
  orange: 'var(--port-metrics)',
  red: 'var(--category-training)',
  grey: 'var(--port-file)',
} as const

export type ColorName = keyof typeof palette

export const colorNames = Object.keys(palette) as readonly ColorName[]

/** The CSS colour of a name; null for names that this palette doesn't have, as a later version may write them. */
export const cssColor = (name: string | undefined): string | null =>
  name !== undefined && Object.hasOwn(palette, name) ? palette[name as ColorName] : null
