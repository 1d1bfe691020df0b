const palette = 8

/**
 * The colour of a class, the same everywhere: one of the eight chart colours, then lighter and darker mixes of them.
 */
export function classColor(index: number): string {
  const base = `var(--series-${(index % palette) + 1})`
  const round = Math.floor(index / palette)
  if (round === 0) return base
  return `color-mix(in oklab, ${base} ${round % 2 === 1 ? 62 : 80}%, ${round % 2 === 1 ? 'var(--surface)' : 'var(--text)'})`
}
