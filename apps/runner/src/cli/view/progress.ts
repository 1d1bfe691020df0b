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

  /** The training loss and what says most about how good the network is, of whole epochs where those are told. */
  private headline(): string[] {
    const whole = [...this.metrics.values()].filter(({ x }) => x?.name !== 'step')
    const newest = (split: string, isLoss: boolean): readonly MetricEvent[] =>
      whole.filter((metric) => metric.split === split && (metric.name === 'loss') === isLoss).slice(0, 1)
    const chosen = [newest('train', true), newest('val', false), newest('val', true), newest('train', false)].flat()
    return chosen.slice(0, 2).map(({ name, split, value, x }) => {
      const label = split === 'train' && name === 'loss' ? 'loss' : `${split} ${name}`
      const place = x === undefined || x.name === 'epoch' ? '' : ` at ${x.name} ${formatMetric(x.value)}`
      return `${label} ${formatMetric(value)}${place}`
    })
  }
}
