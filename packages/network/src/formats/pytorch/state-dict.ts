import { FormatError } from '../../weight-format.js'
import { type PickleMap, type PickleValue, TensorPlace } from './pickle-values.js'

/**
 * Under which names training programs keep the weights beside other things (optimizer, epoch), the best first: averaged
 * weights before those of the last step, as timm does.
 */
const wrappers = [
  'state_dict_ema',
  'model_ema',
  'ema_state_dict',
  'ema',
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'module',
  'net',
  'network',
  'weights',
  'params_ema',
  'params',
  'student',
  'teacher',
  'backbone',
]
/** A wrapper may lie in another: `{state: {model: {...}}}`. */
const deepest = 3

export type StateDict = ReadonlyMap<string, TensorPlace>

/**
 * The tensors by name in what a file of torch.save holds.
 * @throws FormatError when there is no state dict
 */
export function stateDictIn(value: PickleValue, depth = 0): StateDict {
  if (!(value instanceof Map)) throw withoutWeights(value)
  for (const name of wrappers) {
    const inner = value.get(name)
    if (depth < deepest && inner instanceof Map && holdsTensors(inner, deepest - depth))
      return stateDictIn(inner, depth + 1)
  }
  const tensors = new Map<string, TensorPlace>()
  for (const [key, tensor] of value)
    if (typeof key === 'string' && tensor instanceof TensorPlace) tensors.set(key, tensor)
  if (tensors.size === 0) throw withoutWeights(value)
  return tensors
}

const holdsTensors = (map: PickleMap, depth: number): boolean =>
  [...map.values()].some(
    (value) => value instanceof TensorPlace || (depth > 0 && value instanceof Map && holdsTensors(value, depth - 1)),
  )

function withoutWeights(value: PickleValue): FormatError {
  const found =
    value instanceof Map
      ? `a dictionary with ${value.size === 0 ? 'nothing in it' : [...value.keys()].slice(0, 8).map(String).join(', ')}`
      : value instanceof TensorPlace
        ? 'one tensor'
        : 'no dictionary'
  return new FormatError(
    `The PyTorch file holds no state dict: ${found}, where tensors by name were expected.`,
    'Save the weights of the network: torch.save(model.state_dict(), "weights.pth").',
  )
}
