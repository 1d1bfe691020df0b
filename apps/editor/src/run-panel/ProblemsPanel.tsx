import type { ReactElement } from 'react'
import { revealProblem } from '../commands/lists/focus.js'
import { useProblems } from '../document/store.js'
import { Icon } from '../ui/Icon.js'

/** Everything that is wrong with the graph as drawn; choosing one leads to its node and field. */
export function ProblemsPanel(): ReactElement {
  const problems = useProblems()
  if (problems.length === 0)
    return (
      <p className="panel-note">
        <Icon name="check" /> No problems: this graph can run.
      </p>
    )
  return (
    <ul className="problem-list" aria-label="Problems of this graph">
      {problems.map((problem, index) => (
        <li key={`${problem.code} ${problem.node ?? ''} ${problem.field ?? ''} ${index}`}>
          <button
            type="button"
            className={`problem-row problem-${problem.severity}`}
            onClick={() => revealProblem(problem)}
          >
            <Icon
              name={problem.severity === 'error' ? 'error' : problem.severity === 'warning' ? 'warning' : 'info'}
              label={problem.severity}
            />
            <span>
              {problem.message} <span className="problem-fix">{problem.fix}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
