/** A matrix by rows. */
type Matrix = readonly (readonly number[])[]

/** Side of the square of outputs that a tile gives, and of the inputs that it reads. */
const [tileOutput, tileInput] = [4, 6]

/** Multiplications per tile. */
export const tilePositions = tileInput * tileInput

/**
 * F(4, 3) at the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
 * Networks", section 4.3).
 */
const inputTransform: Matrix = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
]
const kernelTransform: Matrix = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
]
const outputTransform: Matrix = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
]

/** Tiles along one side of a map. */
export const tilesAlong = (side: number): number => Math.ceil(side / tileOutput)

/** `[36, 9]`: 3x3 kernels, flattened, to the domain in which convolution is multiplication. */
export function kernelMatrix(): Float32Array {
  return Float32Array.from(
    kernelTransform.flatMap((down) =>
      kernelTransform.flatMap((across) => down.flatMap((a) => across.map((b) => a * b))),
    ),
  )
}

/**
 * `[outputs, inputs, 3, 3]` kernels in the domain in which convolution is multiplication: `[36, inputs, outputs]`. The
 * same as products with `kernelMatrix`, without the multiplications by zero.
 */
export function transformKernels(kernels: Float32Array, outputs: number, inputs: number): Float32Array {
  const plane = inputs * outputs
  const result = new Float32Array(36 * plane)
  // One input's kernels first, in rows that don't share the cache's sets: writing 36 planes at once takes twice the
  // time.
  const stride = outputs + 24
  const rows = new Float32Array(36 * stride)
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output++)
      transformKernel(kernels, (output * inputs + input) * 9, rows, output, stride)
    for (let position = 0; position < 36; position++)
      result.set(rows.subarray(position * stride, position * stride + outputs), position * plane + input * outputs)
  }
  return result
}

/** A kernel's columns, transformed; kept between calls. */
const half = new Float64Array(18)

function transformKernel(kernels: Float32Array, first: number, result: Float32Array, to: number, stride: number): void {
  for (let column = 0; column < 3; column++) {
    const [a, b, c] = [
      kernels[first + column] as number,
      kernels[first + column + 3] as number,
      kernels[first + column + 6] as number,
    ]
    const [near, far] = [(a + c) / -6, a / 24 + c / 6]
    half[column] = a / 4
    half[column + 3] = near - b / 6
    half[column + 6] = near + b / 6
    half[column + 9] = far + b / 12
    half[column + 12] = far - b / 12
    half[column + 15] = c
  }
  for (let row = 0; row < 6; row++) {
    const [a, b, c] = [half[3 * row] as number, half[3 * row + 1] as number, half[3 * row + 2] as number]
    const [near, far] = [(a + c) / -6, a / 24 + c / 6]
    const start = to + 6 * row * stride
    result[start] = a / 4
    result[start + stride] = near - b / 6
    result[start + 2 * stride] = near + b / 6
    result[start + 3 * stride] = far + b / 12
    result[start + 4 * stride] = far - b / 12
    result[start + 5 * stride] = c
  }
}

/**
 * `[36 * tiles, height * width]`: a whole map with a padding of 1, flattened, to the values of all tiles; the 36
 * positions lie outermost.
 */
export function inputMatrix(height: number, width: number): Float32Array {
  const [rows, columns] = [alongMap(inputTransform, height, -1), alongMap(inputTransform, width, -1)]
  return product(rows, columns)
}

/** `[36 * tiles, height * width]`: transposed, brings the products of all tiles back to a whole map, flattened. */
export function outputMatrix(height: number, width: number): Float32Array {
  const transposed = outputTransform[0]?.map((_, position) => outputTransform.map((row) => row[position] ?? 0)) ?? []
  return product(alongMap(transposed, height, 0), alongMap(transposed, width, 0))
}

/**
 * What the tiles along one side do with its positions: `[position in the tile][tile][position on the map]`; tile t
 * begins at `4 t + shift`.
 */
function alongMap(transform: Matrix, side: number, shift: number): readonly Matrix[] {
  return transform.map((row) =>
    Array.from({ length: tilesAlong(side) }, (_, tile) =>
      Array.from({ length: side }, (_, position) => row[position - tile * tileOutput - shift] ?? 0),
    ),
  )
}

/** Both directions at once, `[row position, column position, row tile, column tile]` by `[height, width]`. */
function product(rows: readonly Matrix[], columns: readonly Matrix[]): Float32Array {
  const values = rows.flatMap((rowTiles) =>
    columns.flatMap((columnTiles) =>
      rowTiles.flatMap((down) => columnTiles.flatMap((across) => down.flatMap((a) => across.map((b) => a * b)))),
    ),
  )
  return Float32Array.from(values)
}
