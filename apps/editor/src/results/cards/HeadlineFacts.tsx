import type { ReactElement } from 'react'
import { scoreList, type Scores } from '@graft/graph-schema'
import { scoreText } from '../../ui/format.js'

/** Every score but the primary one, which stands large beside them. */
export function HeadlineFacts({ scores }: { readonly scores: Scores }): ReactElement {
  return (
    <dl className="headline-facts numeric">
      {scoreList(scores)
        .filter(({ name }) => name !== scores.primary)
        .map((score) => (
          <div key={score.name} title={score.note}>
            <dt>{score.title}</dt>
            <dd>{scoreText(score, score.value)}</dd>
          </div>
        ))}
    </dl>
  )
}
