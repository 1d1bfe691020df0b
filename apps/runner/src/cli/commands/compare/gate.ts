import type { PairedResult } from '@graft/graph-schema'

export interface GateResult {
  /** False: the second run is worse, and that is not chance. */
  readonly passed: boolean
  readonly text: string
}

/**
 * Whether the second run may take the place of the first: not when one as good as the first would fall this far behind
 * with a chance of less than `limit`.
 */
export function gateOf({ worseP, difference }: PairedResult, limit: number): GateResult {
  const chance = `${worseP < 0.0001 ? 'less than 0.01%' : percent(worseP)}`
  const passed = !(difference < 0 && worseP < limit)
  const told = `An equally good network would do this badly or worse with a chance of ${chance} (one-sided).`
  return {
    passed,
    text: passed
      ? `Gate passed: B is not worse beyond chance (limit ${percent(limit)}). ${told}`
      : `Gate closed: B is worse, and not by chance (limit ${percent(limit)}). ${told}`,
  }
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))}%`
