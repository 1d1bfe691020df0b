import { describeCandidate, rankedTrials, trialStatusTexts } from '@graft/graph-schema'
import type { GraphDocument, SearchDetail } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { useRunView } from '../../run/run-store.js'
import { openDocument } from '../../session/session.js'
import { Button } from '../../ui/Button.js'
import { compact, duration, percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { graphOfTrial } from './open-trial.js'

/** Every candidate, the best of those measured on most folds first. */
export interface SearchTableProps {
  readonly detail: SearchDetail
  /** The node that searched. */
  readonly node: string
}

export function SearchTable({ detail, node }: SearchTableProps): ReactElement {
  const { document } = useRunView()
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
              <td />
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
                <td>
                  <OpenTrial
                    graph={graphOfTrial(document, node, detail, trial.candidate)}
                    name={describeCandidate(trial.candidate)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

/** The trial as a graph of its own, to be looked at and gone on with; the one that searched stays as it is. */
function OpenTrial({
  graph,
  name,
}: {
  readonly graph: GraphDocument | null
  readonly name: string
}): ReactElement | null {
  if (graph === null) return null
  return (
    <Button size="s" aria-label={`Open as a graph: ${name}`} onClick={() => void openDocument(graph)}>
      Open
    </Button>
  )
}
