/** Where a network's preprocessing comes from, the surest first. */
export const preprocessingWays = [
  'set',
  'file',
  'metadata',
  'graph',
  'neighbour',
  'family',
  'measured',
  'assumed',
] as const

/**
 * How the preprocessing of a network is known. `set`: by a setting. `file`, `metadata`: the model's file says it, in
 * Graft's own words or in another program's. `graph`: by layers that scale pixels themselves. `neighbour`: a file beside
 * the model says it. `family`: by what networks of its name want. `measured`: by what the network answers to photos.
 * `assumed`: nothing says it.
 */
export type PreprocessingWay = (typeof preprocessingWays)[number]

/** Why a network's preprocessing is what it is, and whether that can be relied on. */
export interface PreprocessingOrigin {
  readonly how: PreprocessingWay
  /** For people, a clause: "preprocessor_config.json beside it says so". */
  readonly reason: string
  /** False where scaling or channel order may be wrong, so that people have to be warned. */
  readonly certain: boolean
}
