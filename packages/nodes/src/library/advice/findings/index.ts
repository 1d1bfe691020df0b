import { findDisagreeing } from './disagreeing.js'
import { findDuplicates } from './duplicates.js'
import { findFewPictures } from './few-pictures.js'
import type { FindFindings } from './finding-input.js'
import { findImbalance } from './imbalance.js'
import { findInseparable } from './inseparable.js'

/** Everything that is looked for in the images, in the order in which it is told. */
export const findings: readonly FindFindings[] = [
  findDuplicates,
  findDisagreeing,
  findInseparable,
  findFewPictures,
  findImbalance,
]
