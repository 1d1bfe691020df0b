import type { NodeRunState, RunSummary } from '@graft/graph-schema'
import { useCallback, useMemo } from 'react'
import type { ReactElement } from 'react'
import { useCall } from '../api/use-call.js'
import { LineChart } from '../charts/LineChart.js'
import { chartsOf } from '../charts/chart-model.js'
import { curvesOfDetail } from '../results/read/curves-of-detail.js'
import { ago, scoreText } from '../ui/format.js'
import { Button } from '../ui/Button.js'
import { GraphDiffView } from './GraphDiffView.js'
import { CompareMany } from './CompareMany.js'
import { letterOf, loadRun } from './load-run.js'
import type { LoadedRun } from './load-run.js'
import { metricRows, toneOf } from './metric-rows.js'
import type { MetricRow } from './metric-rows.js'
import { textOfValue } from './metric-table.js'
import { Significance } from './Significance.js'
import { nameOfRun } from './sort-runs.js'
import { overlayCharts } from './overlay-charts.js'

const names = ['A', 'B'] as const

/** A reused training sent no metrics in its run; its stored result has them. */
function withStoredCurves({ state, details }: LoadedRun): Readonly<Record<string, Pick<NodeRunState, 'curves'>>> {
  return Object.fromEntries(
    Object.entries(state.nodes).map(([id, node]) => {
      const detail = details.find((item) => item.node === id)?.detail
      return [id, node.curves.length === 0 && detail?.kind === 'training' ? { curves: curvesOfDetail(detail) } : node]
    }),
  )
}

/** Runs side by side: what was different, what came of it, and whether that is more than chance. */
export function Compare({
  runs,
  onClose,
}: {
  readonly runs: readonly RunSummary[]
  readonly onClose: () => void
}): ReactElement {
  const ask = useCallback(
    (signal: AbortSignal) => Promise.all(runs.map((run) => loadRun(run.id, signal))),
    // The list is new with each choice, and stays while it is compared.
    [runs],
  )
  const loaded = useCall(ask)
  const names = runs.map((_, index) => letterOf(index))
  return (
    <section className="compare" aria-label={`Comparison of ${runs.length} runs`}>
      <header className="history-header">
        <Button size="s" variant="ghost" icon="back" onClick={onClose}>
          All runs
        </Button>
        <h3>Comparison</h3>
        {runs.map((run, index) => (
          <RunTag key={run.id} name={letterOf(index)} run={run} color={index + 1} />
        ))}
      </header>
      {loaded.status === 'loading' && (
        <p className="panel-note" role="status">
          Loading the runs…
        </p>
      )}
      {loaded.status === 'failed' && (
        <p className="panel-note" role="alert">
          {loaded.error.message}{' '}
          <Button size="s" onClick={loaded.again}>
            Try again
          </Button>
        </p>
      )}
      {loaded.status === 'ready' && <Compared loaded={loaded.value} names={names} />}
    </section>
  )
}

/** Two runs get curves and a list of differences; of more there is a table, and how each differs from one of them. */
function Compared({
  loaded,
  names: letters,
}: {
  readonly loaded: readonly LoadedRun[]
  readonly names: readonly string[]
}): ReactElement | null {
  const [first, second] = loaded
  if (first === undefined || second === undefined) return null
  if (loaded.length > 2) return <CompareMany runs={loaded} names={letters} />
  return <Comparison first={first} second={second} />
}

function RunTag({
  name,
  run,
  color,
}: {
  readonly name: string
  readonly run: RunSummary
  readonly color: number
}): ReactElement {
  return (
    <span className="run-tag">
      <b style={{ background: `var(--series-${color})` }}>{name}</b>
      <bdi>{nameOfRun(run)}</bdi>, {ago(run.createdAt, Date.now())}
      {run.headline !== undefined && <> · {scoreText(run.headline.metric, run.headline.value)}</>}
    </span>
  )
}

function Comparison({ first, second }: { readonly first: LoadedRun; readonly second: LoadedRun }): ReactElement {
  const rows = useMemo(() => metricRows(first.details, second.details), [first, second])
  const charts = useMemo(
    () => overlayCharts(chartsOf(withStoredCurves(first)), chartsOf(withStoredCurves(second)), names),
    [first, second],
  )
  return (
    <div className="compare-grid">
      <Significance first={first} second={second} names={names} />
      <section className="result-card">
        <header>
          <h3>Results</h3>
        </header>
        {rows.length === 0 ? (
          <p className="muted">Neither run measured anything.</p>
        ) : (
          <table className="compare-table">
            <thead>
              <tr>
                <td />
                <th scope="col">A</th>
                <th scope="col">B</th>
                <th scope="col">Difference</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <MetricLine key={row.title} row={row} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section className="result-card">
        <header>
          <h3>Differences</h3>
        </header>
        <GraphDiffView before={first.document} after={second.document} />
      </section>
      {charts.map((model) => (
        <LineChart key={model.id} model={model} height={210} />
      ))}
    </div>
  )
}

function MetricLine({ row }: { readonly row: MetricRow }): ReactElement {
  const show = (value: number | null): string => textOfValue(row.format, value)
  const difference = row.first === null || row.second === null ? null : row.second - row.first
  const sign = difference === null || difference === 0 ? '' : difference > 0 ? '+' : '−'
  const tone = toneOf(row)
  return (
    <tr>
      <th scope="row">{row.title}</th>
      <td className="numeric">{show(row.first)}</td>
      <td className="numeric">{show(row.second)}</td>
      <td className={`numeric tone-${tone}`}>
        {difference === null
          ? ''
          : difference === 0
            ? 'none'
            : `${sign}${show(Math.abs(difference)).replace('%', ' pp')}`}
        {tone === 'same' ? '' : <span className="visually-hidden">, {tone}</span>}
      </td>
    </tr>
  )
}
