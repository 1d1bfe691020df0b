import type { Network } from '../network.js'

/**
 * A network that code can build, and bare weights can be bound to. Its parameters are called as the tensors in files of
 * weights are; a `MatMul`'s weight stands there the other way round, as PyTorch keeps it.
 */
export interface Architecture {
  /** torchvision's or timm's name; it stands in graphs (Load Backbone's `architecture`) and catalogues. */
  readonly id: string
  readonly title: string
  /** What it belongs to in lists: "ResNet". */
  readonly family: string
  /** Other names of the same network, such as timm's where `id` is torchvision's. */
  readonly aliases: readonly string[]
  /** Whose names of tensors files may have; the first is that of the built network's parameters. */
  readonly layouts: readonly string[]
  /** Every parameter comes with a seeded initialiser. */
  build(options: ArchitectureOptions): Network
  /**
   * The names that the built network's parameters, in their order, have in files of one of `layouts`. A parameter that
   * files keep in parts has several, which are joined along the first axis.
   */
  namesIn(layout: string, options: ArchitectureOptions): readonly (readonly string[])[]
  /** Names of the first of them, told without building the network: files without it are not of this layout. */
  beginsWith(layout: string): readonly string[]
  /** Version of the whole model that its library asks a state dict for, where it does. */
  readonly stateVersion?: number
  /** Tensors that files may have beside those: not needed for the answer. */
  ignores(name: string): boolean
  /** Those of them that the model of a layout's library asks a state dict for, by name. */
  asks?(layout: string): ReadonlyMap<string, AskedTensor>
  /**
   * How many times as many numbers the classifier of a layout's library reads, the network's own features first, and
   * others behind them that a network written for it gives weights of nought.
   */
  readsTimes?(layout: string): number
  /** The shape that a parameter (by its key, not the layout's name) has in files of a layout, where that is another one. */
  storedShape?(key: string, shape: readonly number[], layout: string): readonly number[]
  /**
   * A learned grid of positions behind `before` other entries, which is resampled for images of another size than those
   * it was learned on.
   */
  readonly positions?: { readonly key: string; readonly before: number }
  /**
   * How its own classifier answers as a linear head on the average of the features does, where it is another one: which of
   * its modules get the weights, and how far above nought the results are kept.
   */
  readonly linearHead?: { readonly modules: readonly string[]; readonly above?: number }
  /** Height and width of the image, where a tensor's shape tells it; called with shapes under the own names. */
  inputSizeOf?(shapes: ReadonlyMap<string, readonly number[]>): number | undefined
}

/** What no answer depends on: whole numbers, or noughts in float32 where none are given. */
export interface AskedTensor {
  readonly shape: readonly number[]
  readonly integers?: readonly number[]
}

export interface ArchitectureOptions {
  /** Classes of the classifier; null: without one. */
  readonly classes: number | null
  /** Height and width of the image; the architecture's own default when left out. */
  readonly inputSize?: number
  readonly seed?: number
}
