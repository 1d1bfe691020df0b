import type { Engine, EngineInfo } from '../engine.js'
import { createOnnxForward } from './forward.js'
import { loadRuntime } from './runtime.js'
import { createOnnxTrainer, trainingMemory } from './training/index.js'

/** Goes up when training steps are written in another form: results then differ in the last bits, so cached ones must not be taken for the same. */
const stepRevision = '3.0'

/** onnxruntime: fast forward passes on the CPU, from the binary inside its npm package. */
export const onnxEngine: Engine = {
  id: 'onnx',
  probe,
  forward: createOnnxForward,
  trainer: createOnnxTrainer,
  trainingMemory,
}

async function probe(): Promise<EngineInfo> {
  try {
    const { runtime, version, threads, processor } = await loadRuntime()
    const providers = runtime.listSupportedBackends().map(backend => (backend.bundled ? backend.name : `${backend.name} (its library is not in the package)`))
    return {
      id: 'onnx',
      available: true,
      trains: true,
      device: `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${processor}`,
      backend: 'cpu',
      versions: { 'onnxruntime-node': version, 'training step': stepRevision },
      notes: [`execution providers of this build: ${providers.join(', ')}; Graft uses cpu`],
    }
  } catch (error) {
    const problem = `onnxruntime-node could not be loaded: ${error instanceof Error ? error.message : String(error)}. Reinstall the packages with "npm ci", or use the tfjs engine.`
    return { id: 'onnx', available: false, trains: false, device: 'none', backend: 'none', versions: {}, problem, notes: [] }
  }
}
