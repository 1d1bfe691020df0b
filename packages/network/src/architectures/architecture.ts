import type { Network } from '../network.js'

/**
 * A family of networks that code can build, and bare weights can be bound to. One file per architecture beside this one,
 * listed in `index.ts`; the layers are laid with a `NetworkBuilder`.
 */
export interface Architecture {
  /** Short and stable: it stands in graphs (Load Backbone's `architecture`). */
  readonly id: string
  readonly title: string
  /** Every parameter comes with a seeded initialiser; its name is the tensor's in files of weights. */
  build(options: ArchitectureOptions): Network
  /**
   * What the names and shapes of a file's tensors say of the options; null when they aren't weights of this architecture
   * at all. A few telling names are enough: whether all of them fit is checked against the network that is built.
   */
  optionsOf(shapes: ReadonlyMap<string, readonly number[]>): ArchitectureOptions | null
}

export interface ArchitectureOptions {
  /** Classes of the classifier; null: without one. */
  readonly classes: number | null
  /** Height and width of the image; the architecture's own default when left out. */
  readonly inputSize?: number
  readonly seed?: number
}
