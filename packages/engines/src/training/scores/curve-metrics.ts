import type { MetricDescription, Task } from '../../tasks/index.js'

/** What the curves of a training show, by their name: the task's metrics, and the loss of every batch as `stepLoss`. */
export function curveMetrics({ metrics }: Pick<Task, 'metrics'>): Readonly<Record<string, MetricDescription>> {
  const byName = metrics.map((metric) => [metric.name, metric] as const)
  const bySteps = byName.filter(([name]) => name === 'loss').map(([, loss]) => ['stepLoss', loss] as const)
  return Object.fromEntries([...byName, ...bySteps])
}
