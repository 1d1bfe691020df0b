import { between, chance, type Random } from '../../random.js'

/** Red, green, blue, each 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number]

/** A colour of any hue; one in five is nearly grey. */
export function randomColour(random: Random): Colour {
  const value = between(random, 0.08, 1)
  const saturation = chance(random, 0.2) ? between(random, 0, 0.12) : between(random, 0.2, 0.95)
  const hue = random() * 6
  const channel = (offset: number): number => {
    const position = (offset + hue) % 6
    return value * (1 - saturation * Math.max(0, Math.min(position, 4 - position, 1)))
  }
  return [channel(5), channel(3), channel(1)]
}

/** A random colour that can be told from all the others. */
export function contrastingColour(random: Random, others: readonly Colour[]): Colour {
  let best = randomColour(random)
  for (let attempt = 0; attempt < 12; attempt++) {
    if (leastContrast(best, others) > 0.3) return best
    const candidate = randomColour(random)
    if (leastContrast(candidate, others) > leastContrast(best, others)) best = candidate
  }
  return best
}

function leastContrast(colour: Colour, others: readonly Colour[]): number {
  return Math.min(...others.map((other) => contrast(colour, other)))
}

/** Mostly difference in brightness, partly difference in hue. */
function contrast(first: Colour, second: Colour): number {
  const red = first[0] - second[0]
  const green = first[1] - second[1]
  const blue = first[2] - second[2]
  const brightness = Math.abs(0.3 * red + 0.59 * green + 0.11 * blue)
  return brightness + 0.3 * Math.sqrt((red * red + green * green + blue * blue) / 3)
}

/** `share` of the way from one colour to another. */
export function mixColours(from: Colour, to: Colour, share: number): Colour {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, from[2] + (to[2] - from[2]) * share]
}
