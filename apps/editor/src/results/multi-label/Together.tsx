import type { MultiLabelEvaluation } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'

/** A table larger than this can't be read. */
const mostClasses = 30

/** Which classes come together in an image: of those that have the row's class, how many have the column's. */
export function Together({ detail }: { readonly detail: MultiLabelEvaluation }): ReactElement | null {
  const names = detail.classNames.slice(0, mostClasses)
  if (names.length === 0) return null
  return (
    <Card
      title="Classes together"
      note="Images that have the class of the row and that of the column."
      className="wide-card"
    >
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Images by pairs of classes">
        <table className="class-table">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Class</span>
              </th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name, row) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {names.map((other, column) => {
                  const [count, total] = [detail.together[row]?.[column] ?? 0, detail.together[row]?.[row] ?? 0]
                  const share = total === 0 ? 0 : count / total
                  return (
                    <td
                      key={other}
                      className="numeric class-score"
                      title={`${name} with ${other}: ${count} of ${total} (${percent(share, 0)})`}
                    >
                      <span className="class-bar" style={{ inlineSize: `${share * 100}%` }} />
                      <span>{count}</span>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
