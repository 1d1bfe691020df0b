import { answersOf, comparePaired, sharedEvaluation, verdictOnDifference } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { splitName } from '../results/read/read-evaluation.js'
import { whole } from '../ui/format.js'
import type { LoadedRun } from './load-run.js'
import { detailsOf } from './metric-rows.js'

export interface SignificanceProps {
  readonly first: LoadedRun
  readonly second: LoadedRun
  /** What the two are called. */
  readonly names: readonly [string, string]
}

/** The paired test on the images that both runs were measured on, for the most trustworthy split that both have. */
export function Significance({ first, second, names }: SignificanceProps): ReactElement {
  const shared = sharedEvaluation(detailsOf(first.details), detailsOf(second.details))
  if (shared === null) {
    return (
      <section className="result-card verdict verdict-unclear">
        <header>
          <h3>More than chance?</h3>
        </header>
        <p>There is nothing to test: the two runs were not evaluated on the same part of the data.</p>
      </section>
    )
  }
  const result = comparePaired(answersOf(shared.first), answersOf(shared.second))
  const verdict = verdictOnDifference(result, names)
  return (
    <section className={`result-card verdict verdict-${verdict.tone}`}>
      <header>
        <h3>More than chance?</h3>
        <p>
          {result.graded ? 'Fisher’s' : 'McNemar’s'} test on {whole(result.count)} {splitName(shared.split)} images that
          both saw
          {result.unpaired > 0 ? `; ${whole(result.unpaired)} that only one saw don’t count` : ''}.
        </p>
      </header>
      <p className="verdict-text">{verdict.text}</p>
      <table className="compare-table verdict-table numeric">
        <thead>
          <tr>
            <td />
            <th scope="col">{names[1]} right</th>
            <th scope="col">{names[1]} wrong</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{names[0]} right</th>
            <td>{result.bothRight}</td>
            <td>{result.onlyFirst}</td>
          </tr>
          <tr>
            <th scope="row">{names[0]} wrong</th>
            <td>{result.onlySecond}</td>
            <td>{result.bothWrong}</td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}
