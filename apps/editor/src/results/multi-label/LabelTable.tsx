import type { MultiLabelEvaluation } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { classColor } from '../../charts/class-colors.js'
import { percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'

const rowLimit = 300
const columns: readonly (readonly [title: string, help: string])[] = [
  ['Class', 'Class'],
  ['Images', 'Images that have this class'],
  ['Average precision', 'How well the class ranks the images; does not depend on the threshold'],
  ['Threshold', 'From this probability the class counts as there; chosen on the validation images'],
  ['Precision', 'Of the images said to have it, how many do'],
  ['Recall', 'Of the images that have it, how many were found'],
  ['F1', 'Precision and recall in one number'],
]

/** Scores and threshold of every class, weakest first. */
export function LabelTable({ detail }: { readonly detail: MultiLabelEvaluation }): ReactElement {
  const sorted = detail.perClass.toSorted((a, b) => (a.averagePrecision || 0) - (b.averagePrecision || 0))
  return (
    <Card
      title="Classes"
      note={sorted.length > rowLimit ? `The first ${rowLimit} of ${sorted.length}, weakest first.` : 'Weakest first.'}
      className="wide-card"
    >
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Scores by class">
        <table className="class-table">
          <thead>
            <tr>
              {columns.map(([title, help]) => (
                <th key={title} scope="col" title={help}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, rowLimit).map((score) => (
              <tr key={score.name}>
                <th scope="row">
                  <span
                    className="class-dot"
                    style={{ background: classColor(detail.classNames.indexOf(score.name)) }}
                  />
                  {score.name}
                </th>
                <td className="numeric">{score.support}</td>
                <td className="numeric class-score">
                  <span
                    className="class-bar"
                    style={{
                      inlineSize: `${Number.isNaN(score.averagePrecision) ? 0 : score.averagePrecision * 100}%`,
                    }}
                  />
                  <span>{percent(score.averagePrecision)}</span>
                </td>
                <td className="numeric">{percent(score.threshold, 0)}</td>
                <td className="numeric">{percent(score.precision, 0)}</td>
                <td className="numeric">{percent(score.recall, 0)}</td>
                <td className="numeric">{percent(score.f1, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
