import type { GraphBuilder } from './graph-builder.js'
import type { GraphValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/**
 * Turns one ONNX node with at least one input computed from the image into layers; returns its outputs in order (those
 * after the last may be unused only).
 */
export type Converter = (call: NodeCall, builder: GraphBuilder) => GraphValue | readonly GraphValue[]
