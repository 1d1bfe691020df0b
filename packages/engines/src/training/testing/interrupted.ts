import { decodeCheckpoint, encodeCheckpoint, type FitCheckpoint, type FitCheckpoints } from '../plan/checkpoint.js'

/** Keeps checkpoints as bytes, and gives the signal after the n-th. */
export function interruptedAfter(
  saves: number,
  everySteps?: number,
): { checkpoint: FitCheckpoints; signal: AbortSignal; seen: FitCheckpoint[] } {
  const controller = new AbortController()
  const seen: FitCheckpoint[] = []
  let bytes: Uint8Array | null = null
  return {
    seen,
    signal: controller.signal,
    checkpoint: {
      ...(everySteps !== undefined && { everySteps }),
      save: async (state) => {
        seen.push(state)
        bytes = encodeCheckpoint(state)
        if (seen.length === saves) controller.abort()
      },
      load: async () => (bytes ? decodeCheckpoint(bytes) : null),
    },
  }
}
