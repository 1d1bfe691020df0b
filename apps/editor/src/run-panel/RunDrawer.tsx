import { lazy, Suspense, useEffect, useId } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'
import { live, useConnection } from '../api/live/live.js'
import { revealProblem } from '../commands/lists/focus.js'
import { useProblems } from '../document/store.js'
import { Button, IconButton } from '../ui/Button.js'
import { Icon } from '../ui/Icon.js'
import { ui, usualDrawerHeight, useUi } from '../page/page-store.js'
import type { RunTab } from '../page/page-store.js'
import { LogPanel } from './LogPanel.js'
import { ProblemsPanel } from './ProblemsPanel.js'
import { RunSummaryLine } from './RunSummaryLine.js'
import { TrainingPanel } from './TrainingPanel.js'
import { isOver } from '../run/run-session.js'
import { useRunView } from '../run/run-store.js'
import { resultsOf } from '../results/read/run-results.js'
import './run.css'

const ResultsPanel = lazy(() =>
  import('../results/ResultsPanel.js').then(({ ResultsPanel: component }) => ({ default: component })),
)

const tabs: readonly { readonly id: RunTab; readonly title: string }[] = [
  { id: 'training', title: 'Training' },
  { id: 'results', title: 'Results' },
  { id: 'log', title: 'Log' },
  { id: 'problems', title: 'Problems' },
]

/** What a run shows while it runs and afterwards: curves, results, log. Stands below the canvas. */
export function RunDrawer(): ReactElement {
  const chosen = useUi((current) => current.runTab)
  const choose = (runTab: RunTab): void => ui.set({ runTab })
  const { state, runId } = useRunView()
  const problems = useProblems()
  const id = useId()
  // Until someone chooses: what matters most at the moment.
  const tab =
    chosen ??
    (runId === null && problems.length > 0 ? 'problems' : state?.status === 'succeeded' ? 'results' : 'training')
  const isLearning = state !== null && !isOver(state.status) && resultsOf(state.nodes).metrics.length === 0
  useRoomForResults(tab === 'results' && !isLearning && runId !== null)
  const warnings = state?.logs.filter(({ level }) => level === 'warning').length ?? 0
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = tabs.findIndex((item) => item.id === tab)
    const next = {
      ArrowRight: tabs[(index + 1) % tabs.length],
      ArrowLeft: tabs.at(index - 1),
      Home: tabs[0],
      End: tabs.at(-1),
    }[event.key]
    if (next === undefined) return
    event.preventDefault()
    choose(next.id)
    document.getElementById(`${id}-${next.id}`)?.focus()
  }
  return (
    <section className="run-drawer" aria-label="Run" data-tour="drawer">
      <header className="run-drawer-header">
        <div className="tabs" role="tablist" aria-label="Run" onKeyDown={onKeyDown}>
          {tabs.map((item) => (
            <button
              key={item.id}
              id={`${id}-${item.id}`}
              type="button"
              role="tab"
              className="tab"
              aria-selected={tab === item.id}
              aria-controls={`${id}-panel`}
              tabIndex={tab === item.id ? 0 : -1}
              onClick={() => choose(item.id)}
            >
              {item.title}
              {item.id === 'log' && warnings > 0 && (
                <span className="tab-badge tab-badge-log">
                  {warnings}
                  <span className="visually-hidden"> warnings</span>
                </span>
              )}
              {item.id === 'problems' && problems.length > 0 && (
                <span className="tab-badge tab-badge-problems">{problems.length}</span>
              )}
            </button>
          ))}
        </div>
        <RunSummaryLine />
        <EnlargeButton />
      </header>
      <OfflineNote />
      <Failures />
      <div id={`${id}-panel`} className="run-panel" role="tabpanel" aria-labelledby={`${id}-${tab}`} tabIndex={-1}>
        {/* There are no results while it learns; what there is to see are its curves. */}
        {(tab === 'training' || (tab === 'results' && isLearning)) && <TrainingPanel />}
        {tab === 'results' && !isLearning && (
          <Suspense
            fallback={
              <p className="panel-note" role="status">
                Loading results…
              </p>
            }
          >
            <ResultsPanel />
          </Suspense>
        )}
        {tab === 'log' && <LogPanel />}
        {tab === 'problems' && <ProblemsPanel />}
      </div>
    </section>
  )
}

/** Results want more room than a run's progress: half of the page, unless the person has chosen a height. */
function useRoomForResults(areShown: boolean): void {
  useEffect(() => {
    if (areShown && ui.get().drawerHeight === usualDrawerHeight)
      ui.set({ drawerHeight: Math.max(usualDrawerHeight, Math.round(innerHeight / 2)) })
  }, [areShown])
}

function OfflineNote(): ReactElement | null {
  const connection = useConnection()
  if (connection !== 'offline') return null
  return (
    <div className="offline-note" role="status">
      <Icon name="warning" />
      <p>
        The server can’t be reached. You see the last state it sent; edits stay in this browser. While the server is up,
        the run goes on without this page.
      </p>
      <Button size="s" onClick={() => live().retry()}>
        Try again
      </Button>
    </div>
  )
}

/** Why nodes failed; choosing one selects it on the canvas. */
function Failures(): ReactElement | null {
  const { state } = useRunView()
  const failed = Object.entries(state?.nodes ?? {}).flatMap(([node, run]) =>
    run.problem === undefined ? [] : [{ ...run.problem, node }],
  )
  const ofRun = state?.problem ?? null
  const problems = failed.length > 0 || ofRun === null ? failed : [ofRun]
  if (problems.length === 0) return null
  return (
    <ul className="run-failures" role="alert">
      {problems.map((problem) => (
        <li key={`${problem.node ?? ''} ${problem.code}`}>
          <Icon name="error" />
          <p>
            {problem.message} <span className="run-fix">{problem.fix}</span>
          </p>
          {problem.node !== undefined && (
            <Button size="s" variant="ghost" onClick={() => revealProblem(problem)}>
              Show node
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** Results want room: this gives the panel most of the page, and takes it back. */
function EnlargeButton(): ReactElement {
  const height = useUi((current) => current.drawerHeight)
  const isLarge = height > innerHeight / 2
  return (
    <IconButton
      icon={isLarge ? 'chevronDown' : 'chevronUp'}
      size="s"
      label={isLarge ? 'Smaller panel' : 'Larger panel'}
      onClick={() => ui.set({ drawerHeight: isLarge ? usualDrawerHeight : innerHeight })}
    />
  )
}
