import type { AdviceValue, AdviceCandidate } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { bytes, duration, percent, percentRange } from '../../ui/format.js'
import { Icon } from '../../ui/Icon.js'
import { Card } from '../cards/Card.js'
import { IntervalBar } from '../cards/IntervalBar.js'
import { pointsText, statusWords } from '../read/advice-words.js'

export interface RecommendationCardProps {
  readonly advice: AdviceValue
  /** Undefined: nothing can be recommended. */
  readonly recommended: AdviceCandidate | undefined
  readonly onUse: () => void
}

/** What to do, in plain words, and the way to do it. */
export function RecommendationCard({ advice, recommended, onUse }: RecommendationCardProps): ReactElement {
  const { words, why, comparedWith } = advice.recommendation
  // The textbook has a note of its own.
  const reasons = why.filter((sentence) => advice.textbook === null || !sentence.includes(advice.textbook.words))
  return (
    <Card
      title={recommended === undefined ? 'Before anything else' : 'What to do'}
      note={`From ${advice.data.pictures} images of ${advice.data.name}`}
      className="advice-recommendation"
    >
      <p className="advice-words">{words}</p>
      {recommended !== undefined && <Expected candidate={recommended} guessing={advice.guessing} />}
      {recommended !== undefined && (
        <div className="advice-use">
          <Button variant="primary" size="l" icon="advice" onClick={onUse}>
            Use this
          </Button>
          <p>Makes the graph for it, ready to run. Undo takes it back.</p>
        </div>
      )}
      {reasons.length > 0 && (
        <ul className="advice-list" aria-label="Why">
          {reasons.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {comparedWith.length > 0 && (
        <details>
          <summary>What it was compared with</summary>
          <ul className="advice-list">
            {comparedWith.map((comparison) => (
              <li key={comparison.candidate}>{comparison.words}</li>
            ))}
          </ul>
        </details>
      )}
      {advice.textbook !== null && <TextbookNote textbook={advice.textbook} />}
    </Card>
  )
}

function Expected({
  candidate: { accuracy, status, seconds, modelBytes },
  guessing,
}: {
  readonly candidate: AdviceCandidate
  readonly guessing: AdviceValue['guessing']
}): ReactElement {
  return (
    <div className="advice-expected">
      {accuracy !== null && (
        <>
          <p>
            <span className="headline-figure numeric">{percent(accuracy.value, 0)}</span> of new images right,{' '}
            <b className="numeric">{percentRange(accuracy.low, accuracy.high)}</b> with 95% certainty
          </p>
          <IntervalBar
            value={accuracy.value}
            interval={[accuracy.low, accuracy.high]}
            isForeseen={status !== 'measured'}
          />
        </>
      )}
      <dl className="headline-facts numeric">
        <Fact title="Accuracy is" text={statusWords[status].toLowerCase()} />
        {guessing !== null && <Fact title="Always guessing the largest class" text={percent(guessing.value, 0)} />}
        <Fact title="Training here" text={duration(seconds)} />
        <Fact title="Size of the model" text={bytes(modelBytes)} />
      </dl>
    </div>
  )
}

const Fact = ({ title, text }: { readonly title: string; readonly text: string }): ReactElement => (
  <div>
    <dt>{title}</dt>
    <dd>{text}</dd>
  </div>
)

/** What the textbook's table would have said, with its number beside ours. */
function TextbookNote({ textbook }: { readonly textbook: NonNullable<AdviceValue['textbook']> }): ReactElement {
  const { words, agrees, difference } = textbook
  return (
    <div className="advice-textbook">
      <Icon name={agrees ? 'check' : 'info'} />
      <p>
        <b>{agrees ? 'The textbook says the same.' : 'The textbook says otherwise.'}</b> {words}
        {!agrees && difference !== null && ` On your images, this advice less the textbook: ${pointsText(difference)}.`}
        {!agrees && difference === null && ' Its rule was not measured here.'}
      </p>
    </div>
  )
}
