import { describeCandidate, rankedTrials, trialStatusTexts } from '@graft/graph-schema'
import type { SearchDetail } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { compact, duration, percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'

/** Every candidate, the best of those measured on most folds first. */
export function SearchTable({ detail }: { readonly detail: SearchDetail }): ReactElement {
  const rows = rankedTrials(detail)
  return (
    <Card title="Candidates" className="wide-card">
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of the candidates">
        <table className="class-table">
          <thead>
            <tr>
              <th scope="col">Candidate</th>
              <th scope="col">{detail.metric.title}</th>
              <th scope="col">95% interval</th>
              <th scope="col">Folds</th>
              <th scope="col">Time</th>
              <th scope="col">Parameters</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ trial, index }) => (
              <tr key={index} title={trial.problem}>
                <th scope="row">
                  {index === detail.winner ? (
                    <b>{describeCandidate(trial.candidate)}</b>
                  ) : (
                    describeCandidate(trial.candidate)
                  )}
                </th>
                <td className="numeric">{percent(trial.score)}</td>
                <td className="numeric">{trial.interval?.map((bound) => percent(bound)).join(' to ') ?? '–'}</td>
                <td className="numeric">
                  {trial.folds} of {detail.folds}
                </td>
                <td className="numeric">{duration(trial.seconds)}</td>
                <td className="numeric">{trial.parameters === null ? '–' : compact(trial.parameters)}</td>
                <td>
                  {trialStatusTexts[trial.status]}
                  {trial.problem === undefined ? '' : `: ${trial.problem}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
