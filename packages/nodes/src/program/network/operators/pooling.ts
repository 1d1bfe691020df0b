import { functional, listOf, numberOf, type TorchOperator } from '../torch-operator.js'
import { explicitMargins, options, pair, unless, windowOf } from './window.js'

/** PyTorch pads a pooling by half of its window at most. */
const half = (size: number): number => Math.floor(size / 2)

export const maxPool: TorchOperator = functional('MaxPool', ([x], call) => {
  const window = windowOf(call, listOf(call, 'kernel_shape'), half)
  const { kernel, strides, dilations, padding, ceil } = window
  const common = { stride: unless(pair(strides), pair(kernel)), dilation: unless(pair(dilations), '1') }
  if (padding !== null)
    return `F.max_pool2d(${x}, ${pair(kernel)}${options({ ...common, padding: unless(pair(padding), '0'), ceil_mode: ceil ? 'True' : null })})`
  const margins = explicitMargins(call, window).join(', ')
  return `F.max_pool2d(F.pad(${x}, (${margins}), value=float("-inf")), ${pair(kernel)}${options(common)})`
})

export const averagePool: TorchOperator = functional('AveragePool', ([x], call) => {
  const window = windowOf(call, listOf(call, 'kernel_shape'), half)
  const { kernel, strides, padding, ceil, margins } = window
  const counts = numberOf(call, 'count_include_pad') === 1
  const stride = { stride: unless(pair(strides), pair(kernel)) }
  if (padding !== null) {
    const usual = counts || padding.every((amount) => amount === 0)
    return `F.avg_pool2d(${x}, ${pair(kernel)}${options({ ...stride, padding: unless(pair(padding), '0'), ceil_mode: ceil ? 'True' : null, count_include_pad: usual ? null : 'False' })})`
  }
  const pooled = (value: string, amounts: readonly number[]): string =>
    `F.avg_pool2d(F.pad(${value}, (${amounts.join(', ')})), ${pair(kernel)}${options(stride)})`
  const all = explicitMargins(call, window)
  if (counts && all.every((amount, at) => amount === margins[at])) return pooled(x ?? '', all)
  // Divided by the share of the window that counts.
  const rest = counts ? all.map((amount, at) => amount - (margins[at] ?? 0)) : all
  const ones = counts
    ? `F.pad(torch.ones_like(${x}[:1, :1]), (${margins.join(', ')}), value=1.0)`
    : `torch.ones_like(${x}[:1, :1])`
  return quotient(pooled(x ?? '', all), pooled(ones, rest))
})

/** On one line where that leaves room for the variable before it. */
function quotient(above: string, below: string): string {
  const flat = `${above} / ${below}`
  return flat.length <= 100 ? flat : `(\n    ${above}\n    / ${below}\n)`
}

export const globalAveragePool: TorchOperator = functional(
  'GlobalAveragePool',
  ([x]) => `F.adaptive_avg_pool2d(${x}, 1)`,
)

export const globalMaxPool: TorchOperator = functional('GlobalMaxPool', ([x]) => `F.adaptive_max_pool2d(${x}, 1)`)

const reduction = (name: string, method: string): TorchOperator =>
  functional(name, ([x], call) => {
    const axes = listOf(call, 'axes')
    const dim = axes.length === 1 ? String(axes[0]) : `(${axes.join(', ')})`
    return `${x}.${method}(${dim}${numberOf(call, 'keepdims') === 1 ? ', keepdim=True' : ''})`
  })

export const reductions: readonly TorchOperator[] = [
  reduction('ReduceMean', 'mean'),
  reduction('ReduceSum', 'sum'),
  reduction('ReduceMax', 'amax'),
]
