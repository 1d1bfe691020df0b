import { describeCandidate } from '@graft/graph-schema'
import type { SearchDetail, SearchTrial } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { ScatterChart } from '../../charts/ScatterChart.js'
import type { ScatterPoint } from '../../charts/ScatterChart.js'
import { compact, duration, percent } from '../../ui/format.js'

const axes: readonly {
  readonly title: string
  readonly read: (trial: SearchTrial) => number | null
  readonly show: (value: number) => string
}[] = [
  { title: 'time to train and measure', read: ({ seconds }) => seconds, show: duration },
  { title: 'parameters of the network', read: ({ parameters }) => parameters, show: compact },
]

/** What more time and larger networks buy. */
export function SearchCharts({ detail }: { readonly detail: SearchDetail }): ReactElement | null {
  if (detail.trials.every(({ folds }) => folds === 0)) return null
  return (
    <>
      {axes.map(({ title, read, show }) => (
        <ScatterChart
          key={title}
          title={`${detail.metric.title} against ${title}`}
          label={`${detail.metric.title} against ${title}, ${detail.trials.filter(({ folds }) => folds > 0).length} candidates. The table has the numbers.`}
          points={pointsOf(detail, read, show)}
          xText={show}
          yText={(value) => percent(value, 0)}
        />
      ))}
    </>
  )
}

function pointsOf(
  { trials, winner, folds: all }: SearchDetail,
  read: (trial: SearchTrial) => number | null,
  show: (value: number) => string,
): readonly ScatterPoint[] {
  return trials.flatMap((trial, index) => {
    const { candidate, folds, score, interval } = trial
    const x = read(trial)
    if (folds === 0 || x === null || !Number.isFinite(x)) return []
    const tip = `${describeCandidate(candidate)}: ${percent(score)}, ${show(x)}`
    const tone = index === winner ? 'winner' : folds === all ? 'plain' : 'faint'
    return [{ key: String(index), x, y: score, interval, tip, tone }]
  })
}
