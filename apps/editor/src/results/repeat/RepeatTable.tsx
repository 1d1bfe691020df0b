import type { RepeatDetail } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { duration, scoreText } from '../../ui/format.js'
import { Card } from '../cards/Card.js'

/** Every metric over all runs, and every run. */
export function RepeatTable({ detail }: { readonly detail: RepeatDetail }): ReactElement {
  return (
    <Card title="All metrics" className="wide-card">
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Metrics over all runs">
        <table className="class-table">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Mean</th>
              <th scope="col">95% interval</th>
              <th scope="col">Standard deviation</th>
              <th scope="col">Range</th>
            </tr>
          </thead>
          <tbody>
            {detail.metrics.map((metric) => {
              const spread = detail.spread[metric.name]
              if (spread === undefined) return null
              const show = (value: number): string => scoreText(metric, value)
              return (
                <tr key={metric.name} title={metric.note}>
                  <th scope="row">{metric.title}</th>
                  <td className="numeric">{show(spread.mean)}</td>
                  <td className="numeric">{spread.interval?.map(show).join(' to ') ?? '–'}</td>
                  <td className="numeric">{show(spread.deviation)}</td>
                  <td className="numeric">
                    {show(spread.least)} to {show(spread.most)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <Runs detail={detail} />
    </Card>
  )
}

function Runs({ detail: { runs, metrics, primary } }: { readonly detail: RepeatDetail }): ReactElement | null {
  const metric = metrics.find(({ name }) => name === primary)
  if (metric === undefined) return null
  return (
    <details>
      <summary>Each run</summary>
      <table className="class-table">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">{metric.title}</th>
            <th scope="col">Images</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ seed, fold, values, count, seconds }) => (
            <tr key={`${seed} ${fold ?? 0}`}>
              <th scope="row">
                {fold === null ? '' : `fold ${fold}, `}seed +{seed}
              </th>
              <td className="numeric">{scoreText(metric, values[primary] ?? Number.NaN)}</td>
              <td className="numeric">{count}</td>
              <td className="numeric">{duration(seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
