import type { Shape } from '@graft/network'
import { float, text } from '../../python/python.js'
import {
  axisOf,
  functional,
  listOf,
  notInPyTorch,
  numberOf,
  type TorchCall,
  type TorchOperator,
} from '../torch-operator.js'

const product = (sizes: Shape): number => sizes.reduce((all, size) => all * size, 1)

/** `x[:, :, entry]` with the entry at its axis. */
const at = (x: string, axis: number, entry: string): string =>
  `${x}[${[...Array.from({ length: axis }, () => ':'), entry].join(', ')}]`

const flatten = functional('Flatten', ([x], call) => {
  const [input = []] = call.inputs
  const axis = axisOf(numberOf(call, 'axis'), input.length + (numberOf(call, 'axis') < 0 ? 0 : 1))
  if (axis === 1) return `${x}.flatten(1)`
  return axis === 0 ? `${x}.reshape(1, -1)` : `${x}.reshape(-1, ${product(input.slice(axis))})`
})

const reshape = functional('Reshape', ([x], call) => {
  const shape = listOf(call, 'shape')
  const sizes = shape.map((size, axis) => {
    if (size === 0) return axis === 0 ? `${x}.shape[0]` : String(call.inputs[0]?.[axis] ?? -1)
    // Behind the batch axis every size is known; of no images PyTorch couldn't tell it.
    return String(size === -1 && shape[0] === 0 ? (call.output[axis] ?? -1) : size)
  })
  return `${x}.reshape(${sizes.join(', ')})`
})

const squeeze = functional('Squeeze', ([x], call) =>
  listOf(call, 'axes')
    .map((axis) => axisOf(axis, call.inputs[0]?.length ?? 0))
    .toSorted((a, b) => b - a)
    .reduce((value, axis) => `${value}.squeeze(${axis})`, x ?? ''),
)

const unsqueeze = functional('Unsqueeze', ([x], call) =>
  listOf(call, 'axes')
    .map((axis) => axisOf(axis, call.output.length))
    .toSorted((a, b) => a - b)
    .reduce((value, axis) => `${value}.unsqueeze(${axis})`, x ?? ''),
)

const slice = functional('Slice', ([x = ''], call) => {
  const [input = []] = call.inputs
  const [starts, ends, axes, steps] = ['starts', 'ends', 'axes', 'steps'].map((name) => listOf(call, name)) as [
    readonly number[],
    readonly number[],
    readonly number[],
    readonly number[],
  ]
  return starts.reduce((value, start, index) => {
    const axis = axisOf(axes[index] ?? index, input.length)
    const [step, end, size] = [steps[index] ?? 1, ends[index] ?? 0, input[axis] ?? 1]
    const place = (position: number): number => Math.min(size, Math.max(0, position < 0 ? position + size : position))
    if (step > 0) return at(value, axis, range(place(start), place(end), size, step))
    // From the last entry on, which PyTorch's slices can't do: the other way round, then turned.
    const first = Math.min(size - 1, start < 0 ? start + size : start)
    const last = first + step * ((call.output[axis] ?? 1) - 1)
    return `${at(value, axis, range(last, first + 1, size, -step))}.flip(${axis})`
  }, x)
})

const range = (start: number, end: number, size: number, step: number): string =>
  `${start === 0 ? '' : start}:${end >= size ? '' : end}${step === 1 ? '' : `:${step}`}`

const gather: TorchOperator = {
  name: 'Gather',
  write: (call) => ({
    value: ({ inputs: [x = ''], integers }) => {
      const axis = axisOf(numberOf(call, 'axis'), call.inputs[0]?.length ?? 0)
      const indices = listOf(call, 'indices')
      return at(x, axis, numberOf(call, 'scalar') === 1 ? String(indices[0] ?? 0) : integers(indices))
    },
  }),
}

const modes: Readonly<Record<string, string>> = { reflect: 'reflect', edge: 'replicate' }

const pad = functional('Pad', ([x], call) => {
  const pads = listOf(call, 'pads')
  const rank = pads.length / 2
  const [mode, value] = [String(call.attributes['mode']), numberOf(call, 'value')]
  const pairs = Array.from({ length: rank }, (_, axis) => [pads[axis] ?? 0, pads[axis + rank] ?? 0] as const)
  const first = pairs.findIndex(([before, after]) => before + after > 0)
  if (first < 0) return x ?? ''
  const amounts = pairs.slice(first).toReversed().flat()
  if (mode === 'constant') return `F.pad(${x}, (${amounts.join(', ')})${value === 0 ? '' : `, value=${float(value)}`})`
  if (first < 2) throw notInPyTorch(call, `pads its batch or channels by ${mode}`)
  const whole = pairs.slice(2).toReversed().flat()
  return `F.pad(${x}, (${whole.join(', ')}), mode=${text(modes[mode] ?? mode)})`
})

const resize = functional('Resize', ([x], call) => {
  const [mode, aligned, half] = [
    String(call.attributes['mode']),
    numberOf(call, 'align_corners') === 1,
    numberOf(call, 'half_pixel') === 1,
  ]
  const size = `size=(${numberOf(call, 'height')}, ${numberOf(call, 'width')})`
  if (mode === 'nearest' && !aligned) return nearest(x ?? '', size, half, call)
  if (mode === 'linear' && (aligned || half))
    return `F.interpolate(${x}, ${size}, mode="bilinear"${aligned ? ', align_corners=True' : ''})`
  if (mode === 'cubic' && (aligned || half) && numberOf(call, 'cubic_coeff_a') === -0.75)
    return `F.interpolate(${x}, ${size}, mode="bicubic"${aligned ? ', align_corners=True' : ''})`
  throw notInPyTorch(
    call,
    `resizes by ${mode} with ${aligned ? 'aligned corners' : half ? 'pixel centres' : 'pixel corners'}`,
  )
})

/** ONNX rounds a place in the middle down, PyTorch up: the same where no place is in the middle. */
function nearest(x: string, size: string, half: boolean, call: TorchCall): string {
  if (!half) return `F.interpolate(${x}, ${size})`
  const middles = [2, 3].some((axis) => {
    const [from, to] = [call.inputs[0]?.[axis] ?? 1, call.output[axis] ?? 1]
    return Array.from({ length: to }, (_, place) => ((place + 0.5) * from) / to).some(
      (place) => Math.abs(place % 1) < 1e-9,
    )
  })
  if (middles) throw notInPyTorch(call, 'chooses the nearest pixel where two are as near')
  return `F.interpolate(${x}, ${size}, mode="nearest-exact")`
}

const depthToSpace = functional('DepthToSpace', ([x], call) => {
  const block = numberOf(call, 'blocksize')
  if (call.attributes['mode'] === 'CRD') return `F.pixel_shuffle(${x}, ${block})`
  const [, channels = 1, height = 1, width = 1] = call.output
  return `${x}.reshape(-1, ${block}, ${block}, ${channels}, ${height / block}, ${width / block}).permute(0, 3, 4, 1, 5, 2).reshape(-1, ${channels}, ${height}, ${width})`
})

const spaceToDepth = functional('SpaceToDepth', ([x], call) => {
  const block = numberOf(call, 'blocksize')
  const [, channels = 1, height = 1, width = 1] = call.output
  return `${x}.reshape(-1, ${channels / block ** 2}, ${height}, ${block}, ${width}, ${block}).permute(0, 3, 5, 1, 2, 4).reshape(-1, ${channels}, ${height}, ${width})`
})

const classToken: TorchOperator = {
  name: 'ClassToken',
  write: () => ({
    value: ({ inputs: [x], parameter }) => `torch.cat([${parameter('token')}.expand(${x}.shape[0], -1, -1), ${x}], 1)`,
  }),
}

export const shaping: readonly TorchOperator[] = [
  flatten,
  reshape,
  squeeze,
  unsqueeze,
  functional('Transpose', ([x], call) => `${x}.permute(${listOf(call, 'perm').join(', ')})`),
  functional('Concat', (inputs, call) => `torch.cat([${inputs.join(', ')}], ${numberOf(call, 'axis')})`),
  slice,
  gather,
  pad,
  resize,
  depthToSpace,
  spaceToDepth,
  classToken,
]
