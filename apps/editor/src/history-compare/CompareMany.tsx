import { useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { GraphDiffView } from './GraphDiffView.js'
import type { LoadedRun } from './load-run.js'
import { metricTable, textOfValue } from './metric-table.js'
import { Significance } from './Significance.js'

export interface CompareManyProps {
  readonly runs: readonly LoadedRun[]
  readonly names: readonly string[]
}

/** More than two runs: their numbers in one table, and each held against the one that is chosen. */
export function CompareMany({ runs, names }: CompareManyProps): ReactElement | null {
  const [base, setBase] = useState(0)
  const rows = useMemo(() => metricTable(runs.map(({ details }) => details)), [runs])
  const first = runs[base]
  if (first === undefined) return null
  return (
    <div className="compare-grid">
      <section className="result-card compare-wide">
        <header>
          <h3>Results</h3>
          <p>The best number of each row is bold.</p>
        </header>
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Results of the runs">
          <table className="compare-table">
            <thead>
              <tr>
                <td />
                {names.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ title, format, values, best }) => (
                <tr key={title}>
                  <th scope="row">{title}</th>
                  {values.map((value, index) => (
                    <td key={names[index]} className="numeric">
                      {best.includes(index) ? <b>{textOfValue(format, value)}</b> : textOfValue(format, value)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <label className="compare-base">
          Compare each with{' '}
          <select className="select" value={base} onChange={(event) => setBase(Number(event.target.value))}>
            {names.map((name, index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </section>
      {runs.map((run, index) =>
        index === base ? null : (
          <div key={names[index]} className="compare-pair">
            <Significance first={first} second={run} names={[names[base] ?? '', names[index] ?? '']} />
            <section className="result-card">
              <header>
                <h3>
                  What {names[index]} does differently from {names[base]}
                </h3>
              </header>
              <GraphDiffView before={first.document} after={run.document} />
            </section>
          </div>
        ),
      )}
    </div>
  )
}
