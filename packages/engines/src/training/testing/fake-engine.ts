import type { Layer, Network, TensorData, Tensors } from '@graft/network'
import type { Batch, Engine, Forward, Trainer, TrainerSpec } from '../../engine.js'
import { softmax } from '../../metrics/index.js'

/** What the fake engine was asked to do. */
export interface FakeCalls {
  forwardImages: number
  steps: number[]
  rates: number[]
  disposed: number
  made: number
}

/**
 * An engine in plain JavaScript for Flatten, Relu and Gemm (transB): runs any stack of them and trains the last one by
 * SGD with momentum.
 */
export function createFakeEngine(): Engine & { readonly calls: FakeCalls } {
  const calls: FakeCalls = { forwardImages: 0, steps: [], rates: [], disposed: 0, made: 0 }
  return {
    calls,
    id: 'fake',
    device: 'cpu',
    standsIn: true,
    deterministic: true,
    probe: async () => ({
      id: 'fake',
      available: true,
      trains: true,
      hardware: 'test',
      backend: 'fake',
      versions: {},
      notes: [],
    }),
    forward: async (network, { tensors }) => createForward(network, tensors, calls),
    trainer: async (network, spec) => createTrainer(network, spec, calls),
  }
}

function createForward(network: Network, tensors: Tensors, calls: FakeCalls): Forward {
  calls.made += 1
  return {
    run: async (batch) => {
      calls.forwardImages += batch.shape[0] as number
      return { [network.output]: runLayers(network.layers, tensors, batch) }
    },
    dispose: async () => void (calls.disposed += 1),
  }
}

function createTrainer(network: Network, spec: TrainerSpec, calls: FakeCalls): Trainer {
  calls.made += 1
  const last = network.layers.at(-1) as Layer
  const names = [last.parameters['weight'] as string, last.parameters['bias'] as string]
  let weights = copy(spec.tensors)
  let slots: Tensors = new Map(
    names.map((name) => [
      name,
      { shape: weights.get(name)!.shape, data: new Float32Array(weights.get(name)!.data.length) },
    ]),
  )
  let count = 0
  return {
    step: async (batch, targets, rate, step) => {
      calls.steps.push(step)
      calls.rates.push(rate)
      count += 1
      const input = runLayers(network.layers.slice(0, -1), weights, batch)
      const logits = runLayers([last], weights, input)
      const { loss, gradients } = gradientOf(input, logits, targets)
      for (const [index, name] of names.entries()) {
        const slot = slots.get(name)!.data
        const weight = weights.get(name)!.data
        gradients[index]!.forEach((value, at) => {
          slot[at] = 0.9 * slot[at]! + value
          weight[at]! -= rate * (spec.learningRateScale?.[name] ?? 1) * slot[at]!
        })
      }
      return { loss, logits, gradientNorm: Math.hypot(...gradients[0]!, ...gradients[1]!) }
    },
    evaluate: async (batch) => runLayers(network.layers, weights, batch),
    weights: async () => copy(weights),
    state: async () => ({ step: count, weights: copy(weights), slots: copy(slots) }),
    restore: async (state) => {
      weights = copy(state.weights)
      slots = copy(state.slots)
      count = state.step
    },
    dispose: async () => void (calls.disposed += 1),
  }
}

function gradientOf(input: Batch, logits: Batch, targets: Batch): { loss: number; gradients: Float32Array[] } {
  const [rows, classes] = logits.shape as [number, number]
  const features = input.data.length / rows
  const probabilities = softmax(logits.data, classes)
  const weight = new Float32Array(classes * features)
  const bias = new Float32Array(classes)
  let loss = 0
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < classes; c++) {
      const target = targets.data[row * classes + c]!
      loss -= target === 0 ? 0 : target * Math.log(probabilities[row * classes + c]!)
      const error = probabilities[row * classes + c]! / rows - target
      bias[c]! += error
      for (let f = 0; f < features; f++) weight[c * features + f]! += error * input.data[row * features + f]!
    }
  }
  return { loss, gradients: [weight, bias] }
}

function runLayers(layers: readonly Layer[], tensors: Tensors, batch: Batch): Batch {
  return layers.reduce((value, layer) => runLayer(layer, tensors, value), batch)
}

function runLayer(layer: Layer, tensors: Tensors, input: Batch): Batch {
  const rows = input.shape[0] as number
  if (layer.operator === 'Flatten') return { shape: [rows, input.data.length / rows], data: input.data }
  if (layer.operator === 'Relu') return { shape: input.shape, data: input.data.map((value) => Math.max(0, value)) }
  if (layer.operator !== 'Gemm') throw new Error(`The fake engine can't run ${layer.operator}`)
  const weight = tensors.get(layer.parameters['weight'] as string) as TensorData
  const bias = tensors.get(layer.parameters['bias'] as string) as TensorData
  const [outputs, features] = weight.shape as [number, number]
  const data = new Float32Array(rows * outputs)
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = bias.data[output]!
      for (let f = 0; f < features; f++) sum += weight.data[output * features + f]! * input.data[row * features + f]!
      data[row * outputs + output] = sum
    }
  }
  return { shape: [rows, outputs], data }
}

function copy(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
}
