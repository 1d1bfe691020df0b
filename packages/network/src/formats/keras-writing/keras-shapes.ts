/** A value's shape in Keras: the batch is open. */
export type KerasShape = readonly (number | null)[]

type Config = Readonly<Record<string, unknown>>
type ShapeOf = (shape: KerasShape, config: Config, others: readonly KerasShape[]) => KerasShape

/** Layers that change shapes; all others keep that of their first input. */
const shapes: Readonly<Record<string, ShapeOf>> = {
  Conv2D: (shape, config) => [...windowed(shape, config, config['kernel_size']), Number(config['filters'])],
  DepthwiseConv2D: (shape, config) => [
    ...windowed(shape, config, config['kernel_size']),
    (shape[3] ?? 1) * Number(config['depth_multiplier']),
  ],
  MaxPooling2D: (shape, config) => [...windowed(shape, config, config['pool_size']), shape[3] ?? null],
  AveragePooling2D: (shape, config) => [...windowed(shape, config, config['pool_size']), shape[3] ?? null],
  GlobalAveragePooling2D: ([batch = null, , , channels = null]) => [batch, channels],
  GlobalMaxPooling2D: ([batch = null, , , channels = null]) => [batch, channels],
  ZeroPadding2D: ([batch = null, height, width, channels = null], config) => {
    const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = config['padding'] as number[][]
    return [batch, (height ?? 0) + top + bottom, (width ?? 0) + left + right, channels]
  },
  Dense: (shape, config) => [...shape.slice(0, -1), Number(config['units'])],
  Reshape: ([batch = null], config) => [batch, ...(config['target_shape'] as number[])],
  Permute: (shape, config) => [shape[0] ?? null, ...(config['dims'] as number[]).map((axis) => shape[axis] ?? null)],
  Flatten: ([batch = null, ...rest]) => [batch, rest.reduce<number>((product, size) => product * (size ?? 1), 1)],
  Concatenate: (shape, config, others) =>
    shape.map((size, axis) =>
      axis === atAxis(config['axis'], shape.length)
        ? [shape, ...others].reduce((sum, one) => sum + (one[axis] ?? 0), 0)
        : size,
    ),
  Add: widest,
  Divide: widest,
  Multiply: widest,
  Maximum: widest,
  Minimum: widest,
}

const atAxis = (axis: unknown, rank: number): number => (Number(axis) < 0 ? Number(axis) + rank : Number(axis))

/** The shape that a layer of this class gives. */
export function kerasShapeAfter(className: string, config: Config, inputs: readonly KerasShape[]): KerasShape {
  const [first = [], ...others] = inputs
  return shapes[className]?.(first, config, others) ?? first
}

/** Batch, height and width after a window that slides. */
function windowed([batch = null, ...area]: KerasShape, config: Config, kernel: unknown): KerasShape {
  const [strides, dilations] = [config['strides'], config['dilation_rate'] ?? [1, 1]] as [number[], number[]]
  const sizes = [0, 1].map((axis) => {
    const span = (((kernel as number[])[axis] ?? 1) - 1) * (dilations[axis] ?? 1)
    const size = (area[axis] ?? 1) - (config['padding'] === 'same' ? 0 : span)
    return Math.ceil(size / (strides[axis] ?? 1))
  })
  return [batch, ...sizes]
}

/** Axes of size 1 are spread over the others'. */
function widest(shape: KerasShape, _: Config, others: readonly KerasShape[]): KerasShape {
  return shape.map((size, axis) => [size, ...others.map((one) => one[axis])].find((one) => one !== 1) ?? size)
}
