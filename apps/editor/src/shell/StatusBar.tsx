import type { ReactElement } from 'react'
import { focusProblem } from '../commands/lists/focus.js'
import { useDocument, useProblems } from '../document/store.js'
import { Icon } from '../ui/Icon.js'
import { ui, useUi } from '../page/page-store.js'

/** The line at the bottom: what is wrong, how large the graph is, and the panels. */
export function StatusBar(): ReactElement {
  const problems = useProblems()
  const document = useDocument()
  const drawer = useUi((state) => state.drawer)
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const others = problems.length - errors
  const nodes = Object.keys(document.nodes).length
  return (
    <footer className="status-bar">
      <button
        type="button"
        className={`status-item ${errors > 0 ? 'status-error' : others > 0 ? 'status-warning' : 'status-fine'}`}
        onClick={() => (problems.length > 0 ? focusProblem() : undefined)}
        disabled={problems.length === 0}
        title={problems.length > 0 ? 'Go to the next problem (F8)' : 'No problems found'}
      >
        <Icon name={errors > 0 ? 'error' : others > 0 ? 'warning' : 'check'} size={14} />
        {problems.length === 0
          ? 'No problems'
          : [errors > 0 ? counted(errors, 'error') : '', others > 0 ? counted(others, 'hint') : '']
              .filter((part) => part !== '')
              .join(', ')}
      </button>
      <span className="status-text numeric">
        {counted(nodes, 'node')}, {counted(document.edges.length, 'wire')}
      </span>
      <span className="status-space" />
      <button
        type="button"
        className="status-item"
        aria-pressed={drawer === 'run'}
        onClick={() => ui.set({ drawer: drawer === 'run' ? null : 'run' })}
      >
        <Icon name="chart" size={14} />
        Run and results
      </button>
      <button
        type="button"
        className="status-item"
        aria-pressed={drawer === 'history'}
        onClick={() => ui.set({ drawer: drawer === 'history' ? null : 'history' })}
      >
        <Icon name="history" size={14} />
        History
      </button>
    </footer>
  )
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
