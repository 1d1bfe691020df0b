import type { Shape } from '@graft/network'

/** Domain of onnxruntime's operators on the blocked layout. */
export const blockedDomain = 'com.microsoft.nchwc'

/**
 * The layout `[n, c / size, h, w, size]` (NCHWc), whose tensors keep the shape `[n, c, h, w]` with `c` rounded up to
 * whole blocks. Elementwise nodes on values that have a blocked form are written in that form by themselves; a value is
 * brought back only for a node that needs it in NCHW.
 */
export interface BlockedLayout {
  /** Channels per block. */
  readonly size: number
  /** The blocked form of an NCHW value of that shape, or null when its channels don't suit. */
  toBlocked(value: string, shape: Shape): string | null
  /** Names an NCHW value of that shape whose blocked form was computed. */
  fromBlocked(value: string, shape: Shape): string
  /** The blocked form of an NCHW value if it is there already. */
  known(value: string): string | null
}

/** Rounds channels up to whole blocks. */
export const wholeBlocks = (channels: number, size: number): number => Math.ceil(channels / size) * size
