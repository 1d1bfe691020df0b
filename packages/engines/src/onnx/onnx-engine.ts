import { textOf } from '@graft/errors'
import { unavailable } from '../engine.js'
import type { Engine, EngineDevice, EngineInfo } from '../engine.js'
import { createOnnxForward } from './forward.js'
import { deviceProblem } from './probe-device.js'
import { loadRuntime } from './runtime.js'
import type { LoadedRuntime } from './runtime.js'
import { createOnnxTrainer, trainingMemory } from './training/index.js'

const id = 'onnx'

/**
 * Go up when forward passes or training steps are written in another form: results then differ in the last bits, so
 * cached ones must not be taken for the same.
 */
const revisions = { 'forward pass': '2.0', 'training step': '6.2' }

/**
 * onnxruntime on one device, from the binary inside its npm package: the same graphs on each, so only the device enters
 * what identifies results.
 */
export function createOnnxEngine(device: EngineDevice): Engine {
  return {
    id,
    device,
    standsIn: device === 'cpu',
    // cuDNN picks its convolutions by measuring, and adds up in any order.
    deterministic: device !== 'cuda',
    probe: () => probe(device),
    forward: (network, options) => createOnnxForward(network, options, device),
    trainer: (network, spec) => createOnnxTrainer(network, spec, device),
    // What the processor's memory holds; no one says how much a GPU has.
    ...(device === 'cpu' ? { trainingMemory } : {}),
  }
}

/** onnxruntime: fast forward passes and training on the CPU. */
export const onnxEngine: Engine = createOnnxEngine('cpu')

async function probe(device: EngineDevice): Promise<EngineInfo> {
  try {
    const loaded = await loadRuntime(device)
    const problem = await deviceProblem(loaded)
    if (problem !== null) return unavailable({ id, device }, `onnxruntime can't use ${device} here: ${problem}`)
    return {
      id,
      available: true,
      trains: true,
      hardware: describe(loaded),
      backend: device,
      versions: { 'onnxruntime-node': loaded.version, ...revisions },
      notes: device === 'cpu' ? [] : ['operators that the device lacks run on the processor'],
    }
  } catch (error) {
    const reason = textOf(error)
    return unavailable({ id, device }, `onnxruntime-node could not be loaded: ${reason}. ${remedyFor(reason)}`)
  }
}

function describe({ device, threads, processor }: LoadedRuntime): string {
  if (device === 'cpu') return `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${processor}`
  return device === 'cuda' ? 'GPU, NVIDIA CUDA' : 'GPU, WebGPU'
}

/** A library that is there and finds no room is not repaired by installing it again. */
const remedyFor = (reason: string): string =>
  /failed to map segment|cannot allocate memory/i.test(reason)
    ? 'There is too little memory or address space for it: end other programs, or use the tfjs engine.'
    : 'Reinstall the packages with "npm ci", or use the tfjs engine.'
