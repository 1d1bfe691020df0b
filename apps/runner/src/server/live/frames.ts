import type { RunEvent } from '@graft/graph-schema'

/** An event ready to be sent. */
export interface Frame {
  readonly sequence: number
  /** The event as JSON. */
  readonly text: string
  /** Events of one key replace each other for a viewer who can't keep up; null: each one counts. */
  readonly key: string | null
}

export interface OutgoingFrame extends Frame {
  /** How many events right before it were left out. */
  readonly coalesced: number
}

/**
 * Progress replaces progress of the same node; a step's metric replaces an earlier one of the same epoch, so that every
 * epoch's last value arrives.
 */
export function keyOf(event: RunEvent): string | null {
  if (event.type === 'node-progress') return `progress ${event.node}`
  if (event.type === 'interim') return `interim ${event.node}`
  if (event.type === 'metric') return `metric ${event.node} ${event.split} ${event.name} ${event.phase} ${event.epoch}`
  return null
}

export function frameOf(event: RunEvent, text = JSON.stringify(event)): Frame {
  return { sequence: event.sequence, text, key: keyOf(event) }
}

/**
 * Leaves out what later frames of the same list replace. `expected` is the sequence number that the viewer waits for.
 */
export function coalesce(frames: readonly Frame[], expected: number): OutgoingFrame[] {
  const last = new Map(frames.flatMap((frame) => (frame.key === null ? [] : [[frame.key, frame.sequence] as const])))
  const kept = frames.filter((frame) => frame.key === null || last.get(frame.key) === frame.sequence)
  return kept.map((frame, index) => ({
    ...frame,
    coalesced: frame.sequence - (kept[index - 1]?.sequence ?? expected - 1) - 1,
  }))
}

export function eventMessage({ text, coalesced }: Pick<OutgoingFrame, 'text' | 'coalesced'>): string {
  return coalesced > 0
    ? `{"type":"event","coalesced":${coalesced},"event":${text}}`
    : `{"type":"event","event":${text}}`
}
