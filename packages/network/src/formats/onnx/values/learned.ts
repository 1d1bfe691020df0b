import { isTellingName } from './telling-name.js'
import { elementCount } from '../onnx-tensor.js'
import { type Constant, isFloat } from './graph-value.js'

/**
 * Names that modules give to numbers which they keep and don't learn: coordinates, places in tables, masks. (BEiT has a bias of
 * zeros for its keys.)
 */
const buffers = /coord|index|indices|mask|grid|freq|anchor|^k_bias$/i

/** Whether a constant is a list or table of numbers that the network learned, as far as its name tells. */
export function isWeight(value: Constant): boolean {
  if (!isFloat(value.type) || elementCount(value.shape) < 2 || value.computed !== undefined) return false
  if (value.turned) return true
  return value.origin !== null && isTellingName(value.origin) && !buffers.test(value.origin.split('.').at(-1) ?? '')
}
