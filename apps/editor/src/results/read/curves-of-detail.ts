import type { Curve, TrainingDetail } from '@graft/graph-schema'

type Group = Omit<Curve, 'points'> & { readonly points: Curve['points'][number][] }

/** The curves that a training told of while it ran, from what it stored: a reused result sends no metrics. */
export function curvesOfDetail({ curves, metrics }: Pick<TrainingDetail, 'curves' | 'metrics'>): readonly Curve[] {
  const groups = new Map<string, Group>()
  for (const { name, split, phase, epoch, step, value, x } of curves) {
    const key = JSON.stringify([name, split, phase])
    const metric = metrics[name]
    const group = groups.get(key) ?? {
      name,
      split,
      phase,
      ...(x !== undefined && { axis: x.name }),
      ...(metric !== undefined && { metric }),
      points: [],
    }
    group.points.push({ epoch, step, value, ...(x !== undefined && { x: x.value }) })
    groups.set(key, group)
  }
  return [...groups.values()]
}
