import { namedScalings, type PreprocessingOrigin, type Scaling, scalingNamed, inOrder } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { candidates } from './candidates.js'
import type { Fit } from './fit-of-scalings.js'
import { inverseFourier } from './fourier.js'
import { naturalImages } from './natural-images.js'
import { fittingInside, type ScalingInside } from './scaling-inside.js'
import { decide } from './settle-preprocessing.js'

describe('the inverse Fourier transform', () => {
  it('gives what its definition gives', () => {
    const side = 8
    const real = Float64Array.from({ length: side * side }, (_, at) => Math.sin(at * 1.7))
    const imaginary = Float64Array.from({ length: side * side }, (_, at) => Math.cos(at * 0.9))
    const expected = Array.from({ length: side * side }, (_, at) => {
      let sum = 0
      for (let from = 0; from < side * side; from++) {
        const turns = ((at % side) * (from % side) + Math.floor(at / side) * Math.floor(from / side)) / side
        sum +=
          (real[from] ?? 0) * Math.cos(2 * Math.PI * turns) - (imaginary[from] ?? 0) * Math.sin(2 * Math.PI * turns)
      }
      return sum
    })
    inverseFourier(real, imaginary, side)
    expected.forEach((value, at) => expect(real[at]).toBeCloseTo(value, 9))
  })
})

describe('natural images', () => {
  it('have the mean and the deviation of colours that photos have, and neighbours that are alike', () => {
    const { values, height, width, count } = naturalImages(200, 300)
    const area = height * width
    for (const [channel, mean] of [0.485, 0.456, 0.406].entries()) {
      let [sum, squares, steps] = [0, 0, 0]
      for (let image = 0; image < count; image++) {
        const plane = values.subarray((image * 3 + channel) * area, (image * 3 + channel + 1) * area)
        plane.forEach((value, at) => {
          sum += value
          squares += value * value
          steps += (value - (plane[at + 1] ?? value)) ** 2
        })
      }
      const found = sum / (count * area)
      const variance = squares / (count * area) - found ** 2
      expect(found).toBeCloseTo(mean, 1)
      expect(Math.sqrt(variance)).toBeGreaterThan(0.2)
      expect(Math.sqrt(variance)).toBeLessThan(0.31)
      expect(steps / (count * area)).toBeLessThan(0.1 * variance)
    }
  })

  it('are the same every time', () => {
    expect(naturalImages(16, 16).values).toEqual(naturalImages(16, 16).values)
  })
})

const perChannel = (factor: readonly number[], shift: readonly number[], isTurned = false): ScalingInside => ({
  matrix: [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) => (column === (isTurned ? 2 - row : row) ? (factor[row] ?? 0) : 0)),
  ),
  shift,
})
const all = (value: number): readonly number[] => [value, value, value]
const mean = [0.485, 0.456, 0.406]
const deviation = [0.229, 0.224, 0.225]

/** Names and orders of what goes in. */
const goesIn = (inside: ScalingInside): readonly string[] =>
  fittingInside(inside).map((scaling) => {
    const named = namedScalings.find(({ mean: [first], deviation: [other] }) => {
      const turned = inOrder(scaling, 'rgb')
      return turned.mean[0] === first && turned.deviation[0] === other
    })
    return `${named?.id ?? (scaling.mean[0] > 0 ? 'caffe' : '?')} ${scaling.channelOrder}`
  })

describe('scaling inside the graph (fault 1): what goes in is what the layers make a usual scaling of', () => {
  it.each<readonly [string, ScalingInside, string]>([
    ['x / 127.5 - 1', perChannel(all(1 / 127.5), all(-1)), 'zero-to-255'],
    ['x / 255', perChannel(all(1 / 255), all(0)), 'zero-to-255'],
    ['2 x - 1', perChannel(all(2), all(-1)), 'zero-to-one'],
    [
      '(x / 255 - mean) / deviation',
      perChannel(
        deviation.map((value) => 1 / 255 / value),
        mean.map((value, at) => -value / (deviation[at] ?? 1)),
      ),
      'zero-to-255',
    ],
    [
      '(x - mean) / deviation',
      perChannel(
        deviation.map((value) => 1 / value),
        mean.map((value, at) => -value / (deviation[at] ?? 1)),
      ),
      'zero-to-one',
    ],
    ['x - mean of bytes, red first', perChannel(all(1), [-123.68, -116.779, -103.939]), 'zero-to-255'],
    ["torchvision's transform_input", perChannel([0.458, 0.448, 0.45], [-0.03, -0.088, -0.188]), 'imagenet'],
    ['mean and variance of a data set of bytes', perChannel(all(1 / 62), all(-118 / 62)), 'zero-to-255'],
    ['mean and variance of a data set of 0..1', perChannel(all(1 / 0.25), all(-0.47 / 0.25)), 'zero-to-one'],
  ])('%s', (_, inside, expected) => {
    expect(goesIn(inside)[0]).toBe(`${expected} rgb`)
    expect(new Set(goesIn(inside).map((text) => text.split(' ')[0]))).toEqual(new Set([expected]))
  })

  it('turned channels show by their mean', () => {
    expect(goesIn(perChannel(all(1), [-103.939, -116.779, -123.68], true))).toEqual(['zero-to-255 rgb'])
    expect(goesIn(perChannel(all(1), [-103.939, -116.779, -123.68]))).toEqual(['zero-to-255 bgr'])
  })

  it('is not known where colours are mixed or the result is like nothing', () => {
    expect(fittingInside({ matrix: [all(0.3), all(0.3), all(0.3)], shift: all(0) })).toEqual([])
    expect(fittingInside(perChannel(all(1000), all(7)))).toEqual([])
  })
})

const unknown: PreprocessingOrigin = { how: 'assumed', reason: 'nothing says it', certain: false }
const claimedBy = (how: PreprocessingOrigin['how']): PreprocessingOrigin => ({
  how,
  reason: 'it says so',
  certain: true,
})
const imagenet = scalingNamed('imagenet')
const halves = scalingNamed('minus-one-to-one')

/** Distances as measured: the scaling's own, its other order, everything else. */
const fits = (best: Scaling, own: number, turned: number, others: number): readonly Fit[] =>
  candidates
    .map((scaling) => ({
      scaling,
      distance:
        inOrder(scaling, best.channelOrder).mean.join() === best.mean.join() &&
        scaling.deviation[1] === best.deviation[1]
          ? scaling.channelOrder === best.channelOrder
            ? own
            : turned
          : others,
    }))
    .sort((left, right) => left.distance - right.distance)

describe('the choice of preprocessing (fault 1)', () => {
  it('is what was measured where nothing says it, certain when all else is far off', () => {
    const clear = decide(imagenet, unknown, { inside: null, isFaint: false, fits: fits(halves, 0.03, 0.05, 0.5) })
    expect(clear).toMatchObject({ scaling: halves, origin: { how: 'measured', certain: true } })
    const close = decide(imagenet, unknown, { inside: null, isFaint: false, fits: fits(halves, 0.2, 0.25, 0.3) })
    expect(close).toMatchObject({ scaling: halves, origin: { how: 'measured', certain: false } })
  })

  it('stays as assumed, with a warning, where nothing fits or nothing is remembered', () => {
    for (const none of [[], fits(halves, 2, 2, 3)])
      expect(decide(imagenet, unknown, { inside: null, isFaint: false, fits: none })).toEqual({
        scaling: imagenet,
        origin: unknown,
      })
  })

  it('is raw values, with a warning, where the first layer would hardly see others', () => {
    expect(decide(imagenet, unknown, { inside: null, fits: [], isFaint: true })).toMatchObject({
      scaling: scalingNamed('zero-to-255'),
      origin: { how: 'measured', certain: false },
    })
  })

  it('is an unusual order only when that fits much better, and then with a warning', () => {
    const turned = inOrder(halves, 'bgr')
    expect(
      decide(imagenet, unknown, { inside: null, isFaint: false, fits: fits(turned, 0.03, 0.06, 0.5) }),
    ).toMatchObject({
      scaling: { channelOrder: 'bgr' },
      origin: { certain: false },
    })
    expect(
      decide(imagenet, unknown, { inside: null, isFaint: false, fits: fits(turned, 0.03, 0.035, 0.5) }),
    ).toMatchObject({
      scaling: { channelOrder: 'rgb' },
      origin: { certain: false },
    })
  })

  it('is what was said where the network agrees, or shows nothing', () => {
    for (const evidence of [[], fits(imagenet, 0.03, 0.05, 0.5)])
      expect(decide(imagenet, claimedBy('neighbour'), { inside: null, isFaint: false, fits: evidence })).toEqual({
        scaling: imagenet,
        origin: claimedBy('neighbour'),
      })
  })

  it('warns where a file beside it and the network disagree; a name gives way', () => {
    const evidence = { inside: null, isFaint: false, fits: fits(halves, 0.03, 0.05, 0.8) }
    expect(decide(imagenet, claimedBy('neighbour'), evidence)).toMatchObject({
      scaling: imagenet,
      origin: { how: 'neighbour', certain: false },
    })
    expect(decide(imagenet, claimedBy('family'), evidence)).toMatchObject({
      scaling: halves,
      origin: { how: 'measured', certain: false },
    })
  })

  it('is what the layers inside want, whatever a file beside it says of the network before they were built in', () => {
    const inside = perChannel(all(1 / 127.5), all(-1))
    const chosen = decide(halves, claimedBy('neighbour'), { inside, isFaint: false, fits: [] })
    expect(chosen.scaling).toEqual(scalingNamed('zero-to-255'))
    expect(chosen.origin).toMatchObject({ how: 'graph', certain: false })
    expect(decide(imagenet, unknown, { inside, isFaint: false, fits: [] }).origin).toMatchObject({
      how: 'graph',
      certain: true,
    })
  })
})
