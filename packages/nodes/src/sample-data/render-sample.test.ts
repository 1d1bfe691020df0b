import { describe, expect, it } from 'vitest'
import { fnv1a } from '../random.js'
import { findSampleFamily, renderSample, sampleFamilies } from './render-sample.js'

/**
 * One known image per family: a changed hash means that every stored result and the embedded backbone's data changed
 * too.
 */
const knownHashes: Readonly<Record<string, number>> = { source: 1343068340, similar: 4091209587, different: 147007166 }

describe.each(sampleFamilies)('$id', (family) => {
  it('draws the same image from the same arguments', () => {
    const image = renderSample(family.id, 1, 5, 42)
    expect(image).toEqual(renderSample(family.id, 1, 5, 42))
    expect(fnv1a(image)).toBe(knownHashes[family.id])
  })

  it('draws another image for any other argument', () => {
    const hashes = [
      renderSample(family.id, 1, 5, 42),
      renderSample(family.id, 2, 5, 42),
      renderSample(family.id, 1, 6, 42),
      renderSample(family.id, 1, 5, 43),
    ].map(fnv1a)
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('draws every class at any size', () => {
    for (const [classIndex] of family.classNames.entries()) {
      const image = renderSample(family.id, classIndex, 0, 1, 20)
      expect(image.length).toBe(20 * 20 * 3)
      expect(new Set(image).size).toBeGreaterThan(10)
    }
  })

  it('has distinct class names and refuses a class it does not have', () => {
    expect(new Set(family.classNames).size).toBe(family.classNames.length)
    expect(() => renderSample(family.id, family.classNames.length, 0, 1)).toThrow(/no class/)
  })

  it('does not give the class away by its mean colour', () => {
    const chance = 1 / family.classNames.length
    expect(nearestMeanColourAccuracy(family.id, 40)).toBeLessThan(chance + 0.1)
  })
})

it('names the known families when asked for an unknown one', () => {
  expect(() => findSampleFamily('cats')).toThrow(/source, similar, different/)
})

it('keeps the families apart: no class name occurs twice', () => {
  const names = sampleFamilies.flatMap((family) => family.classNames)
  expect(new Set(names).size).toBe(names.length)
})

type Mean = readonly [number, number, number]

/** Accuracy of guessing the class whose average colour is nearest, learnt and measured on different images. */
function nearestMeanColourAccuracy(familyId: string, perClass: number): number {
  const { classNames } = findSampleFamily(familyId)
  const images = classNames.map((_, classIndex) =>
    Array.from({ length: perClass }, (_unused, index) => meanColour(renderSample(familyId, classIndex, index, 7, 16))),
  )
  const half = perClass / 2
  const centres = images.map((colours) => average(colours.slice(0, half)))
  const guesses = images.flatMap((colours, classIndex) =>
    colours.slice(half).map((colour) => nearest(centres, colour) === classIndex),
  )
  return guesses.filter(Boolean).length / guesses.length
}

function meanColour(image: Uint8Array): Mean {
  const colours: Mean[] = []
  for (let offset = 0; offset < image.length; offset += 3)
    colours.push([image[offset] ?? 0, image[offset + 1] ?? 0, image[offset + 2] ?? 0])
  return average(colours)
}

function average(colours: readonly Mean[]): Mean {
  const sum = colours.reduce<Mean>(
    (total, colour) => [total[0] + colour[0], total[1] + colour[1], total[2] + colour[2]],
    [0, 0, 0],
  )
  return [sum[0] / colours.length, sum[1] / colours.length, sum[2] / colours.length]
}

function nearest(centres: readonly Mean[], colour: Mean): number {
  const distances = centres.map(
    (centre) => (centre[0] - colour[0]) ** 2 + (centre[1] - colour[1]) ** 2 + (centre[2] - colour[2]) ** 2,
  )
  return distances.indexOf(Math.min(...distances))
}
