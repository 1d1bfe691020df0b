export interface Gauge {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

/** The text format that Prometheus reads. */
export function formatMetrics(metrics: readonly Gauge[]): string {
  return (
    metrics
      .map(({ name, help, type, values }) =>
        [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${type}`,
          ...values.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}`),
        ].join('\n'),
      )
      .join('\n') + '\n'
  )
}

function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const parts = Object.entries(labels ?? {}).map(
    ([key, value]) => `${key}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  )
  return parts.length > 0 ? `{${parts.join(',')}}` : ''
}

/** Counts answers by status, and the events that were written. */
export class Counters {
  readonly responses = new Map<number, number>()
  events = 0

  answered(status: number): void {
    this.responses.set(status, (this.responses.get(status) ?? 0) + 1)
  }
}
