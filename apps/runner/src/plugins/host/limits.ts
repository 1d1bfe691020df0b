/** Bounds that hold for every plugin, whatever it was permitted. */
export interface PluginLimits {
  /** From the start of its process until it is loaded. */
  readonly startMilliseconds: number
  /** A process that shows no sign of life for this long hangs: its code blocks its thread. */
  readonly silenceMilliseconds: number
  /** Longest time of one call; absent: what its permissions say. */
  readonly callMilliseconds?: number
  /** From being told to stop until it is ended. Below the 5 s after which a run's own process is ended. */
  readonly abortMilliseconds: number
  /** Of one blocking call (params of old documents, rules over several params). */
  readonly onceMilliseconds: number
  readonly messageBytes: number
  readonly blobBytes: number
  /** Of all blobs that one call stores. */
  readonly storedBytes: number
  /** Messages that may come at once, and how many more every second. */
  readonly messageBurst: number
  readonly messagesPerSecond: number
  /** Of what it prints. */
  readonly printedBytes: number
  /** Beyond its memory, for Node itself. */
  readonly memoryOverheadMegabytes: number
}

export const defaultLimits: PluginLimits = {
  startMilliseconds: 30_000,
  silenceMilliseconds: 60_000,
  abortMilliseconds: 4000,
  onceMilliseconds: 10_000,
  messageBytes: 16 * 2 ** 20,
  blobBytes: 256 * 2 ** 20,
  storedBytes: 4 * 2 ** 30,
  messageBurst: 20_000,
  messagesPerSecond: 2000,
  printedBytes: 16 * 2 ** 20,
  memoryOverheadMegabytes: 160,
}

/** Counts messages: a bucket of `burst` that refills by `perSecond`. */
export class Allowance {
  private left: number
  private last = performance.now()

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
  ) {
    this.left = burst
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    const now = performance.now()
    this.left = Math.min(this.burst, this.left + ((now - this.last) / 1000) * this.perSecond) - 1
    this.last = now
    return this.left >= 0
  }
}
