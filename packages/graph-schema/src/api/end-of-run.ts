import type { RunEvent } from '../events.js'

/** Clocks may disagree by so much with a run's own count of time before its end is taken from that. */
const toleratedMilliseconds = 5000

/**
 * When a run ended: by the clock, unless that was set meanwhile; then its start and how long it says that it took, which
 * no clock changes. A run that took minus three days would be nonsense in every list. Of one that was interrupted nobody
 * knows how long it took, but not less than nothing.
 */
export function endOfRun(
  startedAt: string | null,
  event: Extract<RunEvent, { type: 'run-finished' | 'run-interrupted' }>,
): string {
  if (startedAt === null) return event.time
  const [start, told] = [Date.parse(startedAt), Date.parse(event.time)]
  const milliseconds = event.type === 'run-finished' ? event.milliseconds : 0
  if (milliseconds === 0) return told < start ? startedAt : event.time
  const end = start + milliseconds
  return Math.abs(told - end) > toleratedMilliseconds ? new Date(end).toISOString() : event.time
}
