/** What became of an image so far, for one size that it may have had. */
export interface FrontState {
  /** Of the value. */
  readonly shape: readonly number[]
  readonly axes: ImageAxes
  /** Bytes still, or numbers that a network may read. */
  readonly isFloat: boolean
  /** By channel, in the network's order: `factor * byte + shift`. */
  readonly factors: readonly number[]
  readonly shifts: readonly number[]
  /** Channels stand the other way round. */
  readonly isReversed: boolean
  readonly resized: Resized | null
  /** Upper left corner and size of what was cut out. */
  readonly cropped: { readonly corner: readonly [number, number] } | null
}

/** Which axis of a value is what; `batch` is null where a single image goes in. */
export interface ImageAxes {
  readonly batch: number | null
  readonly channels: number
  readonly rows: number
  readonly columns: number
}

export interface Resized {
  readonly size: readonly [number, number]
  readonly mode: string
  /** Averages over what it leaves out, as image libraries do. */
  readonly antialias: boolean
}

export const sizeOf = ({ shape, axes }: FrontState): readonly [number, number] => [
  shape[axes.rows] ?? 0,
  shape[axes.columns] ?? 0,
]

/** The state with another size. */
export const withSize = (state: FrontState, [rows, columns]: readonly [number, number]): FrontState => ({
  ...state,
  shape: state.shape.map((size, axis) =>
    axis === state.axes.rows ? rows : axis === state.axes.columns ? columns : size,
  ),
})
