/** Which stored value is black and which is white. */
export interface StoredRange {
  readonly from: number
  readonly to: number
}

/**
 * What becomes of stored values that say neither what is black nor what is white, and of bands that aren't colours:
 * - `full range`: what the type of number can hold; 0 to 1 for floating point;
 * - `fixed range`: what the person says;
 * - `own range`: the smallest and the largest value of each image, so that brightness can't be compared between images.
 */
export type ValuesRule =
  | { readonly rule: 'full range' | 'own range' }
  | ({ readonly rule: 'fixed range' } & StoredRange)

/** The rule as a sentence that can be followed by hand. */
export function describeValues(rule: ValuesRule): string {
  const range =
    rule.rule === 'fixed range'
      ? `${rule.from} becomes black and ${rule.to} white`
      : rule.rule === 'full range'
        ? 'the smallest and the largest number of their type become black and white (0 and 1 for floating point)'
        : "each image's own smallest and largest value become black and white"
  return `of images with more than 8 bits ${range}: round(255 (value - black) / (white - black)), clipped to 0..255; of bands that are not colours the first three are red, green and blue, or the first is gray where there are fewer`
}
