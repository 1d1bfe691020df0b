import type { Network } from '../network.js'

/**
 * A family of networks that code can build: every parameter comes with a seeded initialiser. One file per architecture
 * beside this one.
 */
export interface Architecture {
  readonly id: string
  readonly title: string
  build(options: ArchitectureOptions): Network
}

export interface ArchitectureOptions {
  readonly classes: number
  /** Height and width of the image; the architecture's own default when left out. */
  readonly inputSize?: number
  readonly seed?: number
}
