import { performance } from 'node:perf_hooks'
import type { Engine, EngineInfo } from '@graft/engines'
import type { Network } from '@graft/network'

const channels = 64
const side = 56
const batch = 4
const runs = 5

/** One 3x3 convolution of the size that fills ResNets: what most of the time of most networks goes into. */
const convolution: Network = {
  format: 'graft-network', version: 1, name: 'measurement', input: { name: 'input', shape: [channels, side, side] },
  layers: [{ name: 'convolution', operator: 'Conv', inputs: ['input'], parameters: { weight: 'weight' }, attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } }],
  output: 'convolution',
  parameters: { weight: { shape: [channels, channels, 3, 3], trainable: false, source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 1 } } },
  stages: [{ name: 'convolution', layers: ['convolution'] }],
  preprocessing: { height: side, width: side, resize: 'stretch', cropFraction: 1, interpolation: 'bilinear', channelOrder: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1] },
  classNames: null, provenance: { source: 'measurement', licence: null, history: [] },
}

/** Probes an engine and measures its throughput on a 3x3 convolution, in GFLOP/s (best of five). Never throws: what fails is noted in `problem`. */
export async function measureEngine(engine: Engine): Promise<EngineInfo> {
  const info = await engine.probe()
  if (!info.available || info.gflops !== undefined) return info
  try {
    const weight = { shape: [channels, channels, 3, 3], data: new Float32Array(channels * channels * 9).fill(0.01) }
    const forward = await engine.forward(convolution, { tensors: new Map([['weight', weight]]) })
    const images = { shape: [batch, channels, side, side], data: new Float32Array(batch * channels * side * side).fill(0.5) }
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run <= runs; run++) {
      const started = performance.now()
      await forward.run(images)
      // The first run also compiles and allocates.
      if (run > 0) best = Math.min(best, performance.now() - started)
    }
    await forward.dispose()
    return { ...info, gflops: (2 * batch * channels * channels * 9 * side * side) / (best * 1e6) }
  } catch (error) {
    return { ...info, problem: `It can't run a convolution: ${error instanceof Error ? error.message : String(error)}` }
  }
}
