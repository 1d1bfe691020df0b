import type { Architecture } from '../../architectures/index.js'

/** A library of PyTorch whose models load what is written. */
export type Library = 'torchvision' | 'timm' | 'transformers'

/** Whose models load tensors under the names of a layout; null: those of no library. */
export function libraryOf(layout: string): Library | null {
  if (layout === 'torchvision' || layout === 'timm') return layout
  return /^(transformers|dinov2)/.test(layout) ? 'transformers' : null
}

/**
 * The names that a network's tensors are written under: those that they came with, where a library's model of this kind
 * loads them, else the architecture's own.
 * @param origin layout of the file that the network was read from; empty: its own
 * @param found layout of the names that the network's parameters have
 * @param classes null: there is no classifier
 */
export function layoutToWrite(
  { layouts }: Pick<Architecture, 'layouts'>,
  { origin, found, classes }: { readonly origin: string; readonly found: string; readonly classes: number | null },
): string {
  const came = layouts.includes(origin) && libraryOf(origin) !== null ? origin : found
  const known = libraryOf(came) === null ? (layouts.find((layout) => libraryOf(layout) !== null) ?? came) : came
  if (classes === null) return known
  const whole = known.replace(/ body$/, '')
  return layouts.includes(whole) ? whole : known
}
