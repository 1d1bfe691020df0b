import type { MetricDescription } from './scores.js'

type Json = Readonly<Record<string, unknown>>

/** The metrics that values and details of Graft 0.1.0 had as fields, by the name of the field there. */
const fieldsOfThen: Readonly<Record<string, MetricDescription>> = {
  accuracy: { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
  top1: { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
  balancedAccuracy: { name: 'balancedAccuracy', title: 'Balanced accuracy', better: 'higher', format: 'percent' },
  macroF1: { name: 'macroF1', title: 'Macro F1', better: 'higher', format: 'percent' },
  top5: { name: 'top5', title: 'Top 5', better: 'higher', format: 'percent' },
  loss: { name: 'loss', title: 'Loss', better: 'lower', format: 'number' },
  calibrationError: { name: 'calibrationError', title: 'Calibration error', better: 'lower', format: 'percent' },
}

/** A metrics value as it is today, from one of Graft 0.1.0, whose metrics were fields; anything else stays as it is. */
export function upgradeMetricsValue(value: unknown): unknown {
  if (!isJson(value) || value['kind'] !== 'metrics' || 'values' in value || !('accuracy' in value)) return value
  return { ...value, task: 'single-label', ...scoresOfThen(value) }
}

/** What a curve of Graft 0.1.0 shows, which only had a name; undefined where that says nothing of how good a network is. */
export function metricOfThen(curve: string): MetricDescription | undefined {
  const metric = curve === 'stepLoss' ? 'loss' : curve
  return Object.values(fieldsOfThen).find(({ name }) => name === metric)
}

/** A detail as it is today, from one of Graft 0.1.0; anything else stays as it is. */
export function upgradeDetail(detail: unknown): unknown {
  if (!isJson(detail)) return detail
  if (detail['kind'] === 'training') return { metrics: metricsOfThen(detail['curves']), ...detail }
  if (detail['kind'] !== 'evaluation') return detail
  const { accuracyInterval } = detail
  return {
    ...detail,
    kind: 'single-label-evaluation',
    scores: scoresOfThen(detail),
    intervals: accuracyInterval === undefined ? {} : { accuracy: accuracyInterval },
  }
}

/** A model value as it is today, from one of Graft 0.1.0, whose networks had class names in place of a head. */
export function upgradeModelValue(value: unknown): unknown {
  if (!isJson(value) || !isJson(value['network']) || 'head' in value['network']) return value
  const { classNames, ...network } = value['network']
  const head = Array.isArray(classNames) ? { task: 'single-label', names: classNames } : null
  return { ...value, network: { ...network, head } }
}

function metricsOfThen(curves: unknown): Readonly<Record<string, MetricDescription>> {
  const points: readonly unknown[] = Array.isArray(curves) ? curves : []
  const names = new Set(points.flatMap((point) => (isJson(point) ? [String(point['name'])] : [])))
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const metric = metricOfThen(name)
      return metric === undefined ? [] : [[name, metric]]
    }),
  )
}

function scoresOfThen(value: Json): Json {
  const known = Object.entries(fieldsOfThen).filter(([field]) => value[field] !== undefined)
  // A number that doesn't exist is stored as null; only the fifth best answer may be without meaning altogether.
  const measured = known.filter(([field]) => field !== 'top5' || value[field] !== null)
  return {
    primary: 'accuracy',
    values: Object.fromEntries(measured.map(([field, { name }]) => [name, value[field]])),
    metrics: measured.map(([, metric]) => metric),
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
