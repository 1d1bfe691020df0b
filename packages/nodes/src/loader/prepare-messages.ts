import type { Sample } from '@graft/graph-schema'
import type { Recipe } from './prepare.js'

/** What a loader wants from a thread. */
export interface LoaderSetup {
  readonly recipe: Recipe
  readonly cacheBytes: number
  /** Where images go that were given a place; see ImagePool. */
  readonly memory: SharedArrayBuffer
}

/** Loader to thread: prepare one view of one sample. */
export interface PrepareRequest {
  readonly type: 'prepare'
  readonly id: number
  readonly loader: number
  readonly sample: Sample
  readonly view: number
  /** Where the numbers are to be written; absent: into memory of their own. */
  readonly place?: number
}

/** Several loaders share a thread, each under its number. */
export type ToThread =
  | { readonly type: 'open'; readonly loader: number; readonly setup: LoaderSetup }
  | { readonly type: 'close'; readonly loader: number }
  | PrepareRequest

/**
 * Thread to loader: it is ready (and which version of the recipe it follows), the numbers are in their place, or come
 * along, or why there are none.
 */
export type PrepareReply =
  | { readonly ready: number }
  | { readonly id: number; readonly written: true }
  | { readonly id: number; readonly data: Float32Array<ArrayBuffer> }
  | { readonly id: number; readonly error: string }
