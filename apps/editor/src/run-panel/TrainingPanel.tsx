import { useMemo } from 'react'
import type { ReactElement } from 'react'
import { LineChart } from '../charts/LineChart.js'
import { chartsOf } from '../charts/chart-model.js'
import { NodeList } from './NodeList.js'
import { useRunState } from '../run/run-store.js'
import { useCurves } from './use-curves.js'

const none = {}

/** Live curves of all training phases, and the nodes as they come and go. */
export function TrainingPanel(): ReactElement {
  const state = useRunState()
  const nodes = state?.nodes
  const curves = useCurves(nodes ?? none)
  const charts = useMemo(() => chartsOf(curves), [curves])
  if (state === null)
    return <p className="panel-note">Nothing has run yet. Press Run: curves appear here while the network learns.</p>
  return (
    <div className="training-panel">
      <NodeList state={state} />
      {charts.length === 0 ? (
        <p className="panel-note">
          {state.status === 'running' || state.status === 'queued'
            ? 'Curves appear here as soon as training starts.'
            : 'No training in this run.'}
        </p>
      ) : (
        <div className="chart-grid-layout">
          {charts.map((model) => (
            <LineChart key={model.id} model={model} />
          ))}
        </div>
      )}
    </div>
  )
}
