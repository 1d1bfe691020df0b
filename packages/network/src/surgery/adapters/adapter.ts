import type { Layer, Network, Tensors } from '../../network.js'
import type { Shape } from '../../operator.js'

export interface AdapterOptions {
  /** Width of the path beside a layer (LoRA). */
  readonly rank: number
  /** The path counts `alpha / rank` times (LoRA). */
  readonly alpha: number
  readonly seed: number
}

/**
 * A few parameters beside a layer that learn in its place. At first they change nothing: the network gives the same
 * values as before. They are ordinary layers, named after theirs (`conv1.lora.down`), and can be folded into its weights.
 */
export interface Adapter {
  readonly id: string
  readonly title: string
  readonly description: string
  /** What the options make of it, for histories: `of rank 8`. */
  detail?(options: AdapterOptions): string
  /** Layers after which one may stand. */
  suits(layer: Layer, network: Network): boolean
  /** What comes between the layer and those that read it; the last one gives the new value. */
  layersFor(site: AdapterSite, options: AdapterOptions): AdapterParts
  /** Ending of the name of the last of these layers. */
  readonly ending: string
  /** Puts the adapter that ends in `last` into the weights before it; null where that can't be done. */
  fold(network: Network, tensors: Tensors, last: Layer): Folded | null
}

/** The layer that is adapted, with the shape of what it gives, batch axis included. */
export interface AdapterSite {
  readonly layer: Layer
  readonly network: Network
  readonly output: Shape
  /** Of the layer's own parameters, by slot. */
  readonly shapes: Readonly<Record<string, Shape>>
}

export interface AdapterParts {
  readonly layers: readonly Layer[]
  readonly parameters: Network['parameters']
}

/** What folding one adapter changes. */
export interface Folded {
  /** Layers that are gone. */
  readonly removed: readonly string[]
  /** Layers in a new form, under their names. */
  readonly changed: readonly Layer[]
  /** Which value takes the place of the adapter's. */
  readonly value: string
  /** New or changed parameters. */
  readonly tensors: Tensors
}
