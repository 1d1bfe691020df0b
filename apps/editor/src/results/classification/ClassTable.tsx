import { useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { percent, shortened } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { SortHeading } from '../cards/SortHeading.js'
import { classColor } from '../../charts/class-colors.js'
import { classColumns, orderBy, sortClasses } from './class-table.js'
import type { ClassColumn, ClassOrder } from './class-table.js'
import type { SingleLabelEvaluation } from '@graft/graph-schema'

const titles: Readonly<Record<ClassColumn, string>> = {
  name: 'Class',
  support: 'Images',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
}
const help: Readonly<Record<ClassColumn, string>> = {
  name: 'Class',
  support: 'Images of this class',
  precision: 'Of the images given this answer, how many are right',
  recall: 'Of the images of this class, how many were recognised',
  f1: 'Precision and recall in one number',
}
/** Scores of every class; sorted by what a column heading says. */
export function ClassTable({ detail }: { readonly detail: SingleLabelEvaluation }): ReactElement {
  const [order, setOrder] = useState<ClassOrder>({ column: 'f1', descending: false })
  const sorted = useMemo(() => sortClasses(detail.perClass, order), [detail, order])
  return (
    <Card title="Classes">
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Scores by class">
        <table className="class-table">
          <thead>
            <tr>
              {classColumns.map((column) => (
                <SortHeading
                  key={column}
                  title={titles[column]}
                  help={help[column]}
                  sorted={order.column === column ? (order.descending ? 'descending' : 'ascending') : 'none'}
                  onSort={() => setOrder(orderBy(order, column))}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((score) => (
              <tr key={score.name}>
                <th scope="row">
                  <span
                    className="class-dot"
                    style={{ background: classColor(detail.classNames.indexOf(score.name)) }}
                  />
                  <bdi title={score.name}>{shortened(score.name, 34)}</bdi>
                </th>
                <td className="numeric">{score.support}</td>
                {(['precision', 'recall', 'f1'] as const).map((column) => (
                  <td key={column} className="numeric class-score">
                    <span
                      className="class-bar"
                      style={{ inlineSize: `${Number.isNaN(score[column]) ? 0 : score[column] * 100}%` }}
                    />
                    <span>{percent(score[column], 0)}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
