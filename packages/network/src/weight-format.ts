import { GraftError } from '@graft/errors'
import type { Network, Tensors } from './network.js'

/**
 * Files of a model: a directory listing or one file, with random access by name. Names are relative, `/`-separated,
 * never outside.
 */
export interface ModelFiles {
  /** Path or address, for messages. */
  readonly label: string
  readonly names: readonly string[]
  read(name: string): Promise<Uint8Array>
}

/**
 * A network read from a file, with its float32 weights. Parameter sources in it are `{kind:'blob', blob:'', tensor:
 * name}` until stored.
 */
export interface LoadedNetwork {
  readonly network: Network
  readonly tensors: Tensors
}

/** Reads one format. One file per format in `formats/`, listed in `formats/index.ts`. */
export interface NetworkReader {
  readonly id: string
  readonly title: string
  /** Cheap test by file names and leading bytes. */
  recognises(files: ModelFiles): Promise<boolean>
  /** Throws FormatError naming layer and operator for anything that can't be represented. */
  read(files: ModelFiles): Promise<LoadedNetwork>
}

/** Writes one format; returns file name -> bytes. */
export interface NetworkWriter {
  readonly id: string
  readonly title: string
  readonly extension: string
  write(network: Network, tensors: Tensors): Promise<Uint8Array>
}

/** Could not read or represent a weight file. */
export class FormatError extends GraftError {
  override readonly name = 'FormatError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'format', message, fix }, options)
  }
}
