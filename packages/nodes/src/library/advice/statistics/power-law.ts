/** How often images were recognised by heads that learned from so many. */
export interface CurvePointOf {
  readonly pictures: number
  readonly error: number
}

/** `error = floor + scale * pictures ** -exponent`, as learning curves mostly go. */
export interface PowerLaw {
  readonly floor: number
  readonly scale: number
  readonly exponent: number
}

export const errorAt = ({ floor, scale, exponent }: PowerLaw, pictures: number): number =>
  floor + scale * pictures ** -exponent

/**
 * What is usual for heads on frozen features. On seven small data sets (5 and 20 images per class) laws that may level
 * off sooner promised a third too little.
 */
const exponents = [0.25, 0.35, 0.5, 0.7]
const usualFloors = [0, 0.2]
/**
 * Curves that have come to their end, or never rose: so rare that only points which speak against all others make them
 * count, as those of five hundred classes that nothing tells apart do.
 */
const rareFloors = [0.5, 0.8, 1]
const rare = 0.01

const kinds = exponents.flatMap((exponent) => [
  ...usualFloors.map((share) => ({ exponent, share, prior: 1 })),
  ...rareFloors.map((share) => ({ exponent, share, prior: rare })),
])

/** Every law of a grid with how well it fits: weights that sum to one. `deviation`: of a measured error. */
export function plausibleLaws(
  points: readonly CurvePointOf[],
  deviation: number,
): readonly { readonly law: PowerLaw; readonly weight: number }[] {
  const least = Math.min(...points.map(({ error }) => error))
  const fits = kinds.map(({ exponent, share, prior }) => {
    const law = { floor: share * least, exponent, scale: scaleOf(points, share * least, exponent) }
    const square = points.reduce((sum, { pictures, error }) => sum + (errorAt(law, pictures) - error) ** 2, 0)
    return { law, likeness: Math.log(prior) - square / (2 * deviation ** 2) }
  })
  const best = Math.max(...fits.map(({ likeness }) => likeness))
  const weighed = fits.map(({ law, likeness }) => ({ law, weight: Math.exp(likeness - best) }))
  const sum = weighed.reduce((total, { weight }) => total + weight, 0)
  return weighed.map(({ law, weight }) => ({ law, weight: weight / sum }))
}

/** By least squares; errors never rise with more images. */
function scaleOf(points: readonly CurvePointOf[], floor: number, exponent: number): number {
  let product = 0
  let square = 0
  for (const { pictures, error } of points) {
    const x = pictures ** -exponent
    product += x * (error - floor)
    square += x * x
  }
  return Math.max(0, product / square)
}
