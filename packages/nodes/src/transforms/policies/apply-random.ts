import { must } from '@graft/errors'
import type { FloatImage } from '../../image/image.js'
import type { PixelFacts, Random } from '../transform.js'
import { operations } from './operations.js'

/** One operation, drawn evenly, at a strength of which the sign is drawn too where it has one. */
export function applyRandom(image: FloatImage, strength: number, random: Random, facts: PixelFacts): void {
  const operation = must(operations[Math.floor(random() * operations.length)], 'a drawn operation')
  const sign = operation.signed === true && random() < 0.5 ? -1 : 1
  operation.apply(image, sign * strength, facts)
}
