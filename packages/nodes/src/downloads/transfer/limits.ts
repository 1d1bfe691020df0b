/** Bounds on one download; tests bring smaller ones. Times in milliseconds. */
export interface DownloadLimits {
  /** From the request to the first line of the answer, connecting included. */
  readonly answer: number
  /** Longest time without a byte. */
  readonly silence: number
  /** The whole download, all tries and pauses together. What came is kept for the next time. */
  readonly whole: number
  /** Tries in a row that may bring nothing. */
  readonly tries: number
  /** Pause before the second try; doubles with every further one. */
  readonly pause: number
  /** Longest pause that a server may ask for (`Retry-After`). */
  readonly longestPause: number
  readonly maximumBytes: number
}

export const usualLimits: DownloadLimits = {
  answer: 15_000,
  silence: 30_000,
  whole: 2 * 3_600_000,
  tries: 5,
  pause: 500,
  longestPause: 60_000,
  maximumBytes: 2 ** 33,
}

/** How long a kept file is taken for what its address still gives, without asking. */
export const freshMilliseconds = 24 * 3_600_000

/** No file of weights is packed as tightly as this: what unpacks to more is made to fill disks. */
export const largestExpansion = 200
