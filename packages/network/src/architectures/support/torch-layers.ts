import type { NetworkBuilder, NewParameter } from '../../builder/network-builder.js'
import type { AttributeValue, Initializer } from '../../network.js'
import type { Shape } from '../../operator.js'

export interface ConvOptions {
  readonly stride?: number
  /** Default: what keeps the size at stride 1. `same`: TensorFlow's rule, the smaller half first. */
  readonly padding?: number | readonly [height: number, width: number] | 'same'
  readonly groups?: number
  readonly dilation?: number
  /** Default false: a normalisation follows. */
  readonly bias?: boolean
  readonly from?: string
}

export interface NormOptions {
  readonly epsilon?: number
  /** Of the newest batch in the running statistics: PyTorch's `momentum`. */
  readonly share?: number
  readonly from?: string
}

export interface PoolOptions {
  readonly stride: number
  readonly padding?: number
  readonly ceil?: boolean
  /** Of an average: whether the padding counts. Default true, as in PyTorch. */
  readonly countPadding?: boolean
  readonly from?: string
}

export const activations = {
  relu: ['Relu', {}],
  relu6: ['Clip', { min: 0, max: 6 }],
  silu: ['Swish', {}],
  hardswish: ['HardSwish', {}],
  gelu: ['Gelu', {}],
  sigmoid: ['Sigmoid', {}],
  hardsigmoid: ['HardSigmoid', { alpha: 1 / 6, beta: 0.5 }],
} as const satisfies Readonly<Record<string, readonly [string, Readonly<Record<string, number>>]>>
export type Activation = keyof typeof activations

/**
 * Lays layers as PyTorch's modules are: `conv('layer1.0.conv1', 64, 3)` adds a convolution whose weight is called
 * `layer1.0.conv1.weight`. A name with `+` stands for a module that files keep in parts; one that ends in `_` goes on
 * without a dot (`in_proj_weight`). Every method gives the name of the value that it added.
 */
export class TorchLayers {
  constructor(readonly builder: NetworkBuilder) {}

  stage(name: string): void {
    this.builder.startStage(name)
  }

  get last(): string {
    return this.builder.last
  }

  /** Without the batch axis. */
  shape(value = this.last): Shape {
    return this.builder.shape(value).slice(1)
  }

  channels(value = this.last): number {
    return this.shape(value)[0] ?? 0
  }

  conv(
    name: string,
    outputs: number,
    kernel: number | readonly [number, number],
    { stride = 1, padding, groups = 1, dilation = 1, bias = false, from = this.last }: ConvOptions = {},
  ): string {
    const [tall, wide] = typeof kernel === 'number' ? [kernel, kernel] : kernel
    const [, height = 0, width = 0] = this.shape(from)
    const pads =
      padding === 'same'
        ? samePads([height, width], [tall, wide], stride)
        : symmetric(padding ?? [((tall - 1) / 2) * dilation, ((wide - 1) / 2) * dilation])
    return this.add(name, 'Conv', {
      inputs: [from],
      attributes: {
        kernel_shape: [tall, wide],
        strides: [stride, stride],
        pads,
        dilations: [dilation, dilation],
        group: groups,
      },
      parameters: {
        weight: [nameOf(name, 'weight'), [outputs, this.channels(from) / groups, tall, wide], { name: 'heNormal' }],
        ...(bias && { bias: [nameOf(name, 'bias'), [outputs], { name: 'zeros' }] }),
      },
    })
  }

  batchNorm(name: string, { epsilon = 1e-5, share = 0.1, from = this.last }: NormOptions = {}): string {
    const shape = [this.channels(from)]
    return this.add(name, 'BatchNormalization', {
      inputs: [from],
      attributes: { epsilon, ...(share !== 0.1 && { momentum: 1 - share }) },
      parameters: {
        scale: [nameOf(name, 'weight'), shape, { name: 'ones' }],
        shift: [nameOf(name, 'bias'), shape, { name: 'zeros' }],
        mean: [nameOf(name, 'running_mean'), shape, { name: 'zeros' }],
        variance: [nameOf(name, 'running_var'), shape, { name: 'ones' }],
      },
    })
  }

  /** Over the last axis. */
  layerNorm(name: string, { epsilon = 1e-6, from = this.last }: { epsilon?: number; from?: string } = {}): string {
    const shape = [this.shape(from).at(-1) ?? 0]
    return this.add(name, 'LayerNormalization', {
      inputs: [from],
      attributes: { axis: -1, epsilon },
      parameters: {
        scale: [nameOf(name, 'weight'), shape, { name: 'ones' }],
        shift: [nameOf(name, 'bias'), shape, { name: 'zeros' }],
      },
    })
  }

  /** Over the last axis: of a vector a `Gemm`, of anything else a `MatMul` and an `Add`. */
  linear(
    name: string,
    outputs: number,
    { bias = true, from = this.last }: { bias?: boolean; from?: string } = {},
  ): string {
    const shape = this.shape(from)
    const inputs = shape.at(-1) ?? 0
    const shift: Slot = [nameOf(name, 'bias'), [outputs], { name: 'zeros' }]
    if (shape.length === 1)
      return this.add(name, 'Gemm', {
        inputs: [from],
        attributes: { transB: 1 },
        parameters: {
          weight: [nameOf(name, 'weight'), [outputs, inputs], { name: 'linear' }],
          ...(bias && { bias: shift }),
        },
      })
    const product = this.add(name, 'MatMul', {
      inputs: [from],
      parameters: { weight: [nameOf(name, 'weight'), [inputs, outputs], { name: 'linear' }] },
    })
    return bias ? this.add(`${name}.add_bias`, 'Add', { inputs: [product], parameters: { operand: shift } }) : product
  }

  activation(name: string, kind: Activation, from = this.last): string {
    const [operator, attributes] = activations[kind]
    return this.layer(name, operator, attributes, [from])
  }

  maxPool(name: string, kernel: number, { stride, padding = 0, ceil = false, from = this.last }: PoolOptions): string {
    return this.layer(name, 'MaxPool', windowOf(kernel, stride, padding, ceil), [from])
  }

  averagePool(
    name: string,
    kernel: number,
    { stride, padding = 0, ceil = false, countPadding = true, from = this.last }: PoolOptions,
  ): string {
    const attributes = { ...windowOf(kernel, stride, padding, ceil), count_include_pad: countPadding ? 1 : 0 }
    return this.layer(name, 'AveragePool', attributes, [from])
  }

  addition(name: string, left: string, right: string): string {
    return this.layer(name, 'Add', {}, [left, right])
  }

  product(name: string, left: string, right: string): string {
    return this.layer(name, 'Mul', {}, [left, right])
  }

  concat(name: string, values: readonly string[], axis = 1): string {
    return this.layer(name, 'Concat', { axis }, values)
  }

  transpose(name: string, perm: readonly number[], from = this.last): string {
    return this.layer(name, 'Transpose', { perm }, [from])
  }

  /** Sizes without the batch axis. */
  reshape(name: string, shape: Shape, from = this.last): string {
    return this.layer(name, 'Reshape', { shape: [0, ...shape] }, [from])
  }

  /** Entries `from` to `to` along an axis (the batch's is 0), or every so many of them. */
  slice(name: string, axis: number, [start, end]: readonly [number, number], from = this.last, step = 1): string {
    return this.layer(name, 'Slice', { starts: [start], ends: [end], axes: [axis], steps: [step] }, [from])
  }

  /** Times a number of the formula. */
  scaled(name: string, factor: number, from = this.last): string {
    return this.withNumber(name, 'Mul', factor, from)
  }

  /** Plus a number of the formula. */
  shifted(name: string, amount: number, from = this.last): string {
    return this.withNumber(name, 'Add', amount, from)
  }

  /** Plus numbers of the formula. */
  masked(name: string, shape: Shape, initializer: Initializer): string {
    return this.builder.add({
      name,
      operator: 'Add',
      inputs: [this.last],
      parameters: { constant: { shape, initializer } },
    })
  }

  private withNumber(name: string, operator: string, value: number, from: string): string {
    return this.builder.add({
      name,
      operator,
      inputs: [from],
      parameters: { constant: { shape: [1], initializer: { name: 'constant', value } } },
    })
  }

  /** Times (`Mul`) or plus (`Add`) a learned operand. */
  learned(
    name: string,
    operator: 'Mul' | 'Add',
    key: string,
    shape: Shape,
    initializer: Initializer,
    from = this.last,
  ): string {
    return this.add(name, operator, { inputs: [from], parameters: { operand: [key, shape, initializer] } })
  }

  /** Mean over height and width, as a vector. */
  pool(): string {
    this.layer('pool', 'GlobalAveragePool')
    return this.layer('flatten', 'Flatten', { axis: 1 })
  }

  dropout(name: string, ratio: number): string {
    return this.layer(name, 'Dropout', { ratio })
  }

  layer(
    name: string,
    operator: string,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    inputs: readonly string[] = [this.last],
  ): string {
    return this.builder.add({ name, operator, attributes, inputs })
  }

  /** A layer with parameters under names of their own. */
  add(name: string, operator: string, { inputs = [this.last], attributes = {}, parameters }: Parameterised): string {
    const keys = Object.entries(parameters).map(([slot, [key, shape, initializer]]): [string, string] => [
      slot,
      this.builder.parameter(key, newParameter(slot, shape, initializer)),
    ])
    return this.builder.add({ name, operator, inputs, attributes, parameters: Object.fromEntries(keys) })
  }
}

type Slot = readonly [key: string, shape: Shape, initializer: Initializer]
interface Parameterised {
  readonly inputs?: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly parameters: Readonly<Record<string, Slot>>
}

const newParameter = (slot: string, shape: Shape, initializer: Initializer): NewParameter => ({
  shape,
  initializer,
  trainable: slot !== 'mean' && slot !== 'variance',
})

/** `conv1` and `weight`: `conv1.weight`. */
function nameOf(module: string, slot: string): string {
  return module
    .split('+')
    .map((part) => (part.endsWith('_') ? `${part}${slot}` : `${part}.${slot}`))
    .join('+')
}

const symmetric = (padding: number | readonly [number, number]): readonly number[] =>
  typeof padding === 'number' ? [padding, padding, padding, padding] : [...padding, ...padding]

/** TensorFlow's SAME: as much padding as gives `ceil(size / stride)` positions. */
function samePads(sizes: readonly number[], kernel: readonly number[], stride: number): readonly number[] {
  const totals = sizes.map((size, axis) =>
    Math.max((Math.ceil(size / stride) - 1) * stride + (kernel[axis] ?? 1) - size, 0),
  )
  return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))]
}

const windowOf = (
  kernel: number,
  stride: number,
  padding: number,
  ceil: boolean,
): Readonly<Record<string, AttributeValue>> => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: symmetric(padding),
  ceil_mode: ceil ? 1 : 0,
})
