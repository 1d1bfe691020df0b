import type { Engine } from './engine.js'
import { createOnnxEngine, onnxEngine } from './onnx/onnx-engine.js'
import { tfjsEngine } from './tfjs/tfjs-engine.js'

/** Every engine of this build with every device it can be on, the preferred one first. */
export const engines: readonly Engine[] = [onnxEngine, createOnnxEngine('webgpu'), createOnnxEngine('cuda'), tfjsEngine]
