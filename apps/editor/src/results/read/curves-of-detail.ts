import type { Curve } from '@graft/graph-schema'
import type { TrainingDetail } from '@graft/graph-schema'

/** The curves that a training told of while it ran, from what it stored: a reused result sends no metrics. */
export function curvesOfDetail({ curves }: Pick<TrainingDetail, 'curves'>): readonly Curve[] {
  const groups = new Map<
    string,
    { name: string; split: string; phase: string; points: { epoch: number; step: number; value: number }[] }
  >()
  for (const { name, split, phase, epoch, step, value } of curves) {
    const key = JSON.stringify([name, split, phase])
    const group = groups.get(key) ?? { name, split, phase, points: [] }
    group.points.push({ epoch, step, value })
    groups.set(key, group)
  }
  return [...groups.values()]
}
