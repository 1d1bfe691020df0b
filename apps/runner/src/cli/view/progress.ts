import type { RunEvent } from '@graft/graph-schema'
import { formatDuration, formatMetric } from '../../text/format-values.js'

export type ProgressEvent = Extract<RunEvent, { type: 'node-progress' }>
export type MetricEvent = Extract<RunEvent, { type: 'metric' }>

/** What is known of the node that is running: how far it is, and its latest measurements. */
export class Progress {
  private latest: ProgressEvent | null = null
  private readonly metrics = new Map<string, MetricEvent>()

  take(event: ProgressEvent | MetricEvent): void {
    if (event.type === 'node-progress') this.latest = event
    else this.metrics.set(`${event.split} ${event.name}`, event)
  }

  /** From 0 to 1; null when nothing is known. */
  get share(): number | null {
    return this.latest === null || this.latest.total <= 0
      ? null
      : Math.min(1, Math.max(0, this.latest.done / this.latest.total))
  }

  /** `12/20 epochs · 8 s left · loss 0.31 · val accuracy 0.94`. */
  text(): string {
    const { latest } = this
    const done = latest === null ? [] : [`${formatMetric(latest.done)}/${formatMetric(latest.total)} ${latest.unit}`]
    const left =
      latest === null || latest.etaSeconds === null || latest.done >= latest.total
        ? []
        : [`${formatDuration(Math.max(1, Math.round(latest.etaSeconds)) * 1000).replace('.0 s', ' s')} left`]
    return [...done, ...left, ...this.headline()].join(' · ')
  }

  /** The training loss and what says most about how good the network is. */
  private headline(): string[] {
    const wanted = [
      ['train loss', 'loss'],
      ['val accuracy', 'val accuracy'],
      ['val loss', 'val loss'],
      ['train accuracy', 'train accuracy'],
    ] as const
    const known = wanted.flatMap(([key, label]) =>
      this.metrics.has(key) ? [`${label} ${formatMetric(this.metrics.get(key)?.value ?? 0)}`] : [],
    )
    return known.slice(0, 2)
  }
}
