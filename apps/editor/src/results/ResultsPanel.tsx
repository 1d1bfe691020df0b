import { lazy, Suspense, useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { useJsonArtifact } from '../api/artifact.js'
import { useManifests } from '../document/store.js'
import { useRunView } from '../run/run-store.js'
import { metricsDetailSchema, predictionsFileName } from '@graft/graph-schema'
import type { GraphDocument, MetricsDetail } from '@graft/graph-schema'
import { Downloads } from './cards/Downloads.js'
import { DetailCards } from './views/DetailCards.js'
import { TryIt } from './try-it/TryIt.js'
import { byWorth, datasetBehind, modelBehind, resultsOf } from './read/run-results.js'
import { PredictionsCard } from './pictures/PredictionsCard.js'
import { applyToGraph } from './advice/apply-to-graph.js'
import type { AdviceResult, DatasetResult, FileResult, MetricsResult, RunResults } from './read/run-results.js'
import { splitName } from './read/read-evaluation.js'
import './results.css'

const AdviceCards = lazy(() =>
  import('./advice/AdviceCards.js').then(({ AdviceCards: component }) => ({ default: component })),
)

/** All that a run found out, in place: how good, where it fails, how far to believe it, and a way to try it. */
export function ResultsPanel(): ReactElement {
  const { state, runId, document } = useRunView()
  const manifests = useManifests()
  const nodes = state?.nodes
  const results = useMemo(() => resultsOf(nodes ?? {}), [nodes])
  // What ran last comes first among equals: an evaluation before the training that it judges.
  const ordered = [...byWorth(results.metrics.toReversed()), ...results.advice]
  const [chosen, choose] = useState<string | null>(null)
  const current = ordered.find((item) => keyOf(item) === chosen) ?? ordered[0]
  if (runId === null || ordered.length + results.files.length + results.models.length === 0) {
    return (
      <p className="panel-note">
        {state?.status === 'running'
          ? 'Results appear here as soon as a node has some.'
          : 'No results yet. Run a pipeline that ends in Evaluate, Report, Export Model or Scenario Advisor.'}
      </p>
    )
  }
  const nameOf = (node: string): string =>
    document?.nodes[node]?.title ?? manifests.get(document?.nodes[node]?.type ?? '')?.title ?? node
  return (
    <div className="results">
      {ordered.length > 1 && (
        <div className="results-choice" role="group" aria-label="Which result">
          {ordered.map((item) => (
            <button key={keyOf(item)} type="button" aria-pressed={item === current} onClick={() => choose(keyOf(item))}>
              {nameOf(item.node)} {'split' in item && <small>{splitName(item.split)}</small>}
            </button>
          ))}
        </div>
      )}
      {current !== undefined && 'advice' in current && (
        <Suspense fallback={<Loading />}>
          <AdviceCards
            key={keyOf(current)}
            advice={current.advice}
            onUse={(candidate) => applyToGraph(current.advice, candidate)}
          />
        </Suspense>
      )}
      <div className="results-grid">
        {current !== undefined && 'detail' in current && (
          <MetricsResultView
            key={keyOf(current)}
            result={current}
            dataset={measuredOn(results, document, current, runId)}
          />
        )}
        {results.files.filter(holdsPredictions).map((file) => (
          <PredictionsCard key={file.blob.sha256} file={file} document={document} title={nameOf(file.node)} />
        ))}
        {results.models.length > 0 && <TryIt runId={runId} models={results.models} nameOf={nameOf} />}
        {results.files.length > 0 && <Downloads files={results.files} nameOf={nameOf} graph={document?.name ?? ''} />}
      </div>
    </div>
  )
}

/** The images that a node measured on, with the network that was measured. */
function measuredOn(
  results: RunResults,
  document: GraphDocument | null,
  result: MetricsResult,
  runId: string,
): DatasetResult | null {
  const dataset = datasetBehind(results, document, result)
  const node = modelBehind(results, document, result.node)
  return dataset === null || node === null ? dataset : { ...dataset, model: { runId, node } }
}

const holdsPredictions = ({ blob }: FileResult): boolean => blob.name === predictionsFileName
const keyOf = ({ node, port }: MetricsResult | AdviceResult): string => `${node}.${port}`

function MetricsResultView({
  result,
  dataset,
}: {
  readonly result: MetricsResult
  readonly dataset: DatasetResult | null
}): ReactElement {
  const loaded = useJsonArtifact(result.detail, metricsDetailSchema)
  const [shown, show] = useState<MetricsDetail | null>(null)
  if (loaded.status === 'ready' && loaded.value !== shown) show(loaded.value)
  // What a node has found so far stays in view while the next is on its way.
  if (loaded.status === 'loading' && shown !== null)
    return <DetailCards detail={shown} node={result.node} dataset={dataset} />
  if (loaded.status === 'loading') return <Loading />
  if (loaded.status === 'failed')
    return (
      <p className="panel-note" role="alert">
        {loaded.error.message}
      </p>
    )
  return <DetailCards detail={loaded.value} node={result.node} dataset={dataset} />
}

const Loading = (): ReactElement => (
  <p className="panel-note" role="status">
    Loading…
  </p>
)
