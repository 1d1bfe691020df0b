import type { ChartModel } from '../charts/chart-model.js'

/**
 * The curves of two runs in the same charts: one colour a run, validation solid, training dashed; single steps left
 * out.
 */
export function overlayCharts(
  first: readonly ChartModel[],
  second: readonly ChartModel[],
  names: readonly [string, string],
): readonly ChartModel[] {
  const ids = [...new Set([...first, ...second].map(({ id }) => id))]
  return ids.flatMap((id) => {
    const pair = [first.find((chart) => chart.id === id), second.find((chart) => chart.id === id)]
    const known = pair.find((chart) => chart !== undefined)
    if (known === undefined) return []
    const series = pair.flatMap((chart, index) =>
      (chart?.series ?? [])
        .filter(({ faint }) => !faint)
        .map((line) => ({
          ...line,
          id: `${index} ${line.id}`,
          name: `${names[index] ?? ''}, ${line.name}`,
          color: index + 1,
          dashed:
            line.id.startsWith('train/') &&
            chart !== undefined &&
            chart.series.some(({ id: other }) => other.startsWith('val/')),
        })),
    )
    // Phases of two runs rarely end at the same epoch, so they aren't marked.
    return series.length === 0 ? [] : [{ ...known, series, phases: [] }]
  })
}
