import { encodeOnnxModel, inferShapes, type MeasureRanges, toOnnxModel, type ValueRange } from '@graft/network'
import type { Batch } from '../engine.js'
import { openOnnxFile } from './onnx-file.js'
import { Histogram } from './histogram.js'

/** Batches of images, prepared for the network; every call gives the same ones from the start. */
export type Batches = () => AsyncIterable<Batch>

/**
 * Measures the ranges of a network's values on images: once for the extremes, once for how they are spread; then
 * extremes are cut off where that loses less than the coarser steps that they cause.
 */
export const measureRanges =
  (batches: Batches): MeasureRanges =>
  async (network, tensors, names) => {
    const layers = names.filter((name) => name !== network.input.name)
    const file = await openOnnxFile(encodeOnnxModel(toOnnxModel(network, tensors, { outputs: layers })))
    const shapes = inferShapes(network)
    const eachValue = async (see: (name: string, values: Float32Array) => void): Promise<void> => {
      for await (const batch of batches()) {
        see(network.input.name, batch.data)
        for (const [name, values] of Object.entries(await file.run(batch))) see(name, values)
      }
    }
    try {
      const extremes = new Map<string, ValueRange>()
      await eachValue((name, values) => extremes.set(name, widened(extremes.get(name), values)))
      const histograms = new Map([...extremes].map(([name, range]) => [name, new Histogram(range)]))
      const means = new Map([...extremes.keys()].map((name) => [name, new ChannelMeans(shapes.get(name) ?? [])]))
      await eachValue((name, values) => {
        histograms.get(name)?.add(values)
        means.get(name)?.add(values)
      })
      return new Map(
        [...histograms].map(([name, histogram]) => [
          name,
          { ...histogram.bestRange(), means: means.get(name)?.result() ?? [] },
        ]),
      )
    } finally {
      await file.close()
    }
  }

function widened(range: ValueRange | undefined, values: Float32Array): ValueRange {
  let { min, max } = range ?? { min: 0, max: 0 }
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}

/** Averages per channel: axis 1 of values `[N, channels, ...]`. */
class ChannelMeans {
  private readonly sums: Float64Array
  private readonly area: number
  private count = 0

  constructor([, channels = 1, ...window]: readonly number[]) {
    this.sums = new Float64Array(channels)
    this.area = window.reduce((product, size) => product * size, 1)
  }

  add(values: Float32Array): void {
    const { sums, area } = this
    for (let start = 0, channel = 0; start < values.length; start += area, channel = (channel + 1) % sums.length) {
      let sum = 0
      for (let index = start; index < start + area; index++) sum += values[index] ?? 0
      sums[channel] = (sums[channel] ?? 0) + sum
    }
    this.count += values.length / sums.length
  }

  result(): readonly number[] {
    return [...this.sums].map((sum) => sum / this.count)
  }
}
