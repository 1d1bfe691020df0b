import type { Curve, RunMetric } from './run-state.js'

/** More points than a chart has pixels are of no use; above this, every second one of the older half goes. */
export const curvePoints = 600

/**
 * Adds a point to the curve of its name, split and phase. Points at or after its place are dropped first: a resumed
 * training tells again what it had told since its checkpoint.
 */
export function addToCurves(
  curves: readonly Curve[],
  { name, split, phase, x, metric, ...told }: RunMetric,
): readonly Curve[] {
  const point = { ...told, ...(x !== undefined && { x: x.value }) }
  const index = curves.findIndex((curve) => curve.name === name && curve.split === split && curve.phase === phase)
  const before = curves[index]
  if (before === undefined)
    return [
      ...curves,
      {
        name,
        split,
        phase,
        ...(x !== undefined && { axis: x.name }),
        ...(metric !== undefined && { metric }),
        points: [point],
      },
    ]
  let kept = before.points.length
  while (kept > 0 && !isBefore(before.points[kept - 1], point)) kept -= 1
  const points = thin([...before.points.slice(0, kept), point])
  return curves.with(index, { ...before, points })
}

function isBefore(a: Curve['points'][number] | undefined, b: Curve['points'][number]): boolean {
  return a !== undefined && (a.step < b.step || (a.step === b.step && a.epoch < b.epoch))
}

function thin(points: Curve['points']): Curve['points'] {
  if (points.length <= curvePoints) return points
  const half = points.length / 2
  return points.filter((_, index) => index >= half || index % 2 === 0)
}
