import { splitsByWorth } from '@graft/graph-schema'
import type { GraphDocument, NodeRunState, RunState, RunSummary } from '@graft/graph-schema'
import { useCallback, useMemo } from 'react'
import type { ReactElement } from 'react'
import { readJsonArtifact } from '../api/artifact.js'
import { call } from '../api/client.js'
import { useCall } from '../api/use-call.js'
import { LineChart } from '../charts/LineChart.js'
import { chartsOf } from '../charts/chart-model.js'
import { metricsDetailSchema } from '@graft/graph-schema'
import { curvesOfDetail } from '../results/read/curves-of-detail.js'
import { splitName } from '../results/read/read-evaluation.js'
import { resultsOf } from '../results/read/run-results.js'
import { ago, duration, scoreText, whole } from '../ui/format.js'
import { Button } from '../ui/Button.js'
import { GraphDiffView } from './GraphDiffView.js'
import { diffGraphs } from './graph-diff.js'
import { comparePaired, verdictOf } from './mc-nemar.js'
import { evaluationOf, metricRows, toneOf } from './metric-rows.js'
import type { MetricRow, NodeDetail } from './metric-rows.js'
import { answersOf } from './right-answers.js'
import { overlayCharts } from './overlay-charts.js'

const names = ['A', 'B'] as const

interface Loaded {
  readonly document: GraphDocument
  readonly state: RunState
  readonly details: readonly NodeDetail[]
}

async function load(run: string, signal: AbortSignal): Promise<Loaded> {
  const { document, state } = await call('getRun', { params: { id: run }, signal })
  const details = await Promise.all(
    resultsOf(state.nodes).metrics.map(async ({ node, detail }) => ({
      node,
      detail: await readJsonArtifact(detail, metricsDetailSchema),
    })),
  )
  return { document, state, details }
}

/** A reused training sent no metrics in its run; its stored result has them. */
function withStoredCurves({ state, details }: Loaded): Readonly<Record<string, Pick<NodeRunState, 'curves'>>> {
  return Object.fromEntries(
    Object.entries(state.nodes).map(([id, node]) => {
      const detail = details.find((item) => item.node === id)?.detail
      return [id, node.curves.length === 0 && detail?.kind === 'training' ? { curves: curvesOfDetail(detail) } : node]
    }),
  )
}

/** Two runs side by side: what was different, what came of it, and whether that is more than chance. */
export function Compare({
  pair,
  onClose,
}: {
  readonly pair: readonly [RunSummary, RunSummary]
  readonly onClose: () => void
}): ReactElement {
  const [first, second] = pair
  const ask = useCallback(
    (signal: AbortSignal) => Promise.all([load(first.id, signal), load(second.id, signal)]),
    [first.id, second.id],
  )
  const loaded = useCall(ask)
  return (
    <section className="compare" aria-label="Comparison of two runs">
      <header className="history-header">
        <Button size="s" variant="ghost" icon="back" onClick={onClose}>
          All runs
        </Button>
        <h3>Comparison</h3>
        <RunTag name="A" run={first} color={1} />
        <RunTag name="B" run={second} color={2} />
      </header>
      {loaded.status === 'loading' && (
        <p className="panel-note" role="status">
          Loading both runs…
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
      {loaded.status === 'ready' && <Comparison first={loaded.value[0]} second={loaded.value[1]} />}
    </section>
  )
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
      {run.graphName}, {ago(run.createdAt, Date.now())}
      {run.headline !== undefined && <> · {scoreText(run.headline.metric, run.headline.value)}</>}
    </span>
  )
}

function Comparison({ first, second }: { readonly first: Loaded; readonly second: Loaded }): ReactElement {
  const diff = useMemo(() => diffGraphs(first.document, second.document), [first, second])
  const rows = useMemo(() => metricRows(first.details, second.details), [first, second])
  const charts = useMemo(
    () => overlayCharts(chartsOf(withStoredCurves(first)), chartsOf(withStoredCurves(second)), names),
    [first, second],
  )
  return (
    <div className="compare-grid">
      <Significance first={first} second={second} />
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
        <GraphDiffView diff={diff} />
      </section>
      {charts.map((model) => (
        <LineChart key={model.id} model={model} height={210} />
      ))}
    </div>
  )
}

function MetricLine({ row }: { readonly row: MetricRow }): ReactElement {
  const show = (value: number | null): string =>
    value === null
      ? '–'
      : row.format === 'seconds'
        ? duration(value)
        : row.format === 'count'
          ? whole(value)
          : scoreText({ format: row.format }, value)
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

/** McNemar's test on the images that both runs were measured on, for the most trustworthy split that both have. */
function Significance({ first, second }: { readonly first: Loaded; readonly second: Loaded }): ReactElement {
  const split = splitsByWorth.find(
    (candidate) => evaluationOf(first.details, candidate) !== null && evaluationOf(second.details, candidate) !== null,
  )
  const [one, two] =
    split === undefined ? [null, null] : [evaluationOf(first.details, split), evaluationOf(second.details, split)]
  if (one === null || two === null) {
    return (
      <section className="result-card verdict verdict-unclear">
        <header>
          <h3>More than chance?</h3>
        </header>
        <p>There is nothing to test: the two runs were not evaluated on the same part of the data.</p>
      </section>
    )
  }
  const result = comparePaired(answersOf(one), answersOf(two))
  const verdict = verdictOf(result, names)
  return (
    <section className={`result-card verdict verdict-${verdict.tone}`}>
      <header>
        <h3>More than chance?</h3>
        <p>
          McNemar’s test on {whole(result.count)} {splitName(split ?? '')} images that both saw
          {result.unpaired > 0 ? `; ${whole(result.unpaired)} that only one saw don’t count` : ''}.
        </p>
      </header>
      <p className="verdict-text">{verdict.text}</p>
      <table className="compare-table verdict-table numeric">
        <thead>
          <tr>
            <td />
            <th scope="col">B right</th>
            <th scope="col">B wrong</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">A right</th>
            <td>{result.bothRight}</td>
            <td>{result.onlyFirst}</td>
          </tr>
          <tr>
            <th scope="row">A wrong</th>
            <td>{result.onlySecond}</td>
            <td>{result.bothWrong}</td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}
