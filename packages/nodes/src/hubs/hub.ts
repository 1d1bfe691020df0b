import type { DownloadOptions, WantedFile } from '../downloads/index.js'
import type { CatalogueNetwork } from '../catalogue/index.js'

/** Where a name leads. */
export interface ResolvedModel {
  /** For messages and provenance: the name, with the revision where there is one. */
  readonly label: string
  /** Of the main file; the others lie beside it. */
  readonly address: string
  /** What is known of a file beforehand. */
  wanted(file: string): WantedFile
  /** Whether there is such a file beside the main one; absent: it has to be asked for. */
  has?(file: string): boolean
  /** Kept answers of the hub that the name was looked up in. */
  readonly answers?: readonly string[]
  /** Other files of the same place that may be networks too, by name. */
  readonly others?: readonly string[]
  /** To download, about; absent: unknown. */
  readonly bytes?: number | undefined
  readonly licence?: string | undefined
  readonly network?: CatalogueNetwork | undefined
}

/** A place where networks have names. One file each, listed in `hubs.ts`. */
export interface Hub {
  /** Before the colon of a name. */
  readonly prefix: string
  readonly title: string
  /** What may come after the colon, for messages. */
  readonly example: string
  /** Whose server is asked, for messages. */
  readonly host: string
  /**
   * @param name what comes after the colon
   * @throws NodeError for field `source` when there is no such network, DownloadError when the hub can't be asked
   */
  resolve(name: string, options: DownloadOptions): Promise<ResolvedModel>
}
