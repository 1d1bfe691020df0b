import { countMacs, countParameters, findOperator, splitFrozenPrefix } from '@graft/network'
import type { Layer, Network } from '@graft/network'
import type { EngineSpeed } from '../engine.js'
import { operationsPerMac } from '../measuring/measure-engine.js'

/** Images per batch that times are estimated for. */
export const estimatedBatch = 16

/** Milliseconds that a batch is expected to take; infinite where the engine was too slow to be measured. */
export interface EstimatedTime {
  readonly forward: number
  readonly training: number
}

/** Images that a job puts through a whole network, and through training steps of what is trained of it. */
export interface Workload {
  readonly forward: number
  readonly training: number
}

/** What a small core does at least, natively; a job that is short by these figures is short on every machine. */
const cautiousSpeed: EngineSpeed = {
  convolution: 20,
  depthwise: 3,
  matrixProduct: 20,
  callMilliseconds: 1,
  trainedConvolution: 15,
  trainedDepthwise: 3,
  trainedMatrixProduct: 10,
  trainedParameters: 20,
  stepMilliseconds: 2,
}

/** Seconds that a job takes at most on a machine of which nothing is known but its cores. */
export function cautiousSeconds(network: Network, { forward, training }: Workload, cores: number): number {
  const speed = Object.fromEntries(
    Object.entries(cautiousSpeed).map(([name, value]) => [name, name.endsWith('Milliseconds') ? value : value * cores]),
  ) as unknown as EngineSpeed
  const batch = estimateTime(network, speed)
  return (forward * batch.forward + training * batch.training) / estimatedBatch / 1000
}

interface Work {
  readonly convolution: number
  readonly depthwise: number
  readonly matrixProduct: number
}

/**
 * Estimates a forward pass of the network, and a training step of what is not frozen in front (where everything is
 * frozen: of all of it), from what was measured of an engine: multiplications by kind over throughput, parameters to
 * change, and what every call costs. What layers without weights take is left out.
 */
export function estimateTime(network: Network, speed: EngineSpeed): EstimatedTime {
  const trainable = Object.values(network.parameters).some((parameter) => parameter.trainable)
  const trained = trainable ? splitFrozenPrefix(network).suffix : network
  const { convolution, depthwise, matrixProduct, callMilliseconds } = speed
  const trainedSpeed = {
    convolution: speed.trainedConvolution ?? 0,
    depthwise: speed.trainedDepthwise ?? 0,
    matrixProduct: speed.trainedMatrixProduct ?? 0,
  }
  return {
    forward:
      milliseconds(workOf(network), { convolution, depthwise, matrixProduct }, operationsPerMac.forward) +
      (callMilliseconds ?? Number.POSITIVE_INFINITY),
    training:
      milliseconds(workOf(trained), trainedSpeed, operationsPerMac.training) +
      per(countParameters(trained).trainable, (speed.trainedParameters ?? 0) * 1e3) +
      (speed.stepMilliseconds ?? Number.POSITIVE_INFINITY),
  }
}

function milliseconds(work: Work, speed: Work, operations: number): number {
  const kinds = ['convolution', 'depthwise', 'matrixProduct'] as const
  return kinds.reduce((sum, kind) => sum + per(operations * work[kind] * estimatedBatch, speed[kind] * 1e6), 0)
}

/** Nothing to do takes no time, at any speed. */
const per = (amount: number, speed: number): number => (amount === 0 ? 0 : amount / speed)

/** Multiplications per image, by kind. */
function workOf(network: Network): Work {
  const work = { convolution: 0, depthwise: 0, matrixProduct: 0 }
  const macs = countMacs(network)
  for (const layer of network.layers) work[kindOf(layer, network)] += macs.get(layer.name) ?? 0
  return work
}

function kindOf(layer: Layer, { parameters }: Network): keyof Work {
  if (findOperator(layer.operator).linear?.weight !== 'kernel') return 'matrixProduct'
  const [, channelsPerGroup] = parameters[layer.parameters['weight'] ?? '']?.shape ?? []
  return channelsPerGroup === 1 && layer.attributes['group'] !== undefined && layer.attributes['group'] !== 1
    ? 'depthwise'
    : 'convolution'
}
