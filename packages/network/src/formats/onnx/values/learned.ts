import { isTellingName } from './telling-name.js'
import { elementCount } from '../onnx-tensor.js'
import { type Constant, isFloat } from './graph-value.js'

/**
 * Names that modules give to numbers which they keep and don't learn: coordinates, places in tables, masks. (BEiT has a bias of
 * zeros for its keys.)
 */
const buffers = /coord|index|indices|mask|grid|freq|anchor|^k_bias$/i

/** Whether a name is that of such numbers, or of a rotary embedding's table. */
export const isBufferName = (name: string): boolean =>
  buffers.test(name.split('.').at(-1) ?? '') || /(?:^|\.)rope\./.test(name)

/** What modules of PyTorch call what they learn, behind their own name. */
const learnedNumbers = /\w\.(?:weight|bias|scale|gamma|beta|alpha|gain|temperature)$/

/** Whether a single number is learned (HGNetV2's scales, StarReLU's): only a name such as PyTorch gives to parameters tells. */
export const isNamedNumber = ({ origin, type, shape }: Constant): boolean =>
  elementCount(shape) === 1 && isFloat(type) && origin !== null && isTellingName(origin) && learnedNumbers.test(origin)

/** Whether a constant is a list or table of numbers that the network learned, as far as its name tells. */
export function isWeight(value: Constant): boolean {
  if (!isFloat(value.type) || value.computed !== undefined) return false
  if (elementCount(value.shape) < 2) return isNamedNumber(value)
  if (value.turned) return true
  return value.origin !== null && isTellingName(value.origin) && !isBufferName(value.origin)
}
