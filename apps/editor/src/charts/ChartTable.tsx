import type { ReactElement } from 'react'
import { significant } from '../ui/format.js'
import { readSeries, stopsOf } from './chart-model.js'
import type { ChartModel, Series } from './chart-model.js'
import { readingText } from './chart-words.js'

const rowLimit = 400

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The numbers of a chart. */
export function ChartTable({ model }: { readonly model: ChartModel }): ReactElement {
  const columns = model.series.filter(({ faint }) => !faint)
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={`${model.title}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{capital(model.axis ?? 'epoch')}</th>
            {columns.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stopsOf(model.series)
            .slice(-rowLimit)
            .map((x) => (
              <tr key={x}>
                <th scope="row">
                  <bdi>{headOf(model, x)}</bdi>
                  {model.mark?.at === x && ` (${model.mark.text})`}
                </th>
                {columns.map((line) => (
                  <td key={line.id} className="numeric">
                    {cellOf(model, line, x)}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}

const headOf = ({ axis, places }: ChartModel, x: number): string | number =>
  places?.[x] ?? (axis === undefined ? Number(x.toFixed(2)) : significant(x))

function cellOf(model: ChartModel, line: Series, x: number): string {
  const reading = readSeries(line, x)
  return reading === null ? '' : readingText(model, reading)
}
