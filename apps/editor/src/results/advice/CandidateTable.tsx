import type { AdviceCandidate, AdviceValue } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { bytes, duration } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { IntervalBar } from '../cards/IntervalBar.js'
import { SortHeading } from '../cards/SortHeading.js'
import { estimateText, featureWords, networkTitle, recipeWords, statusWords } from '../read/advice-words.js'
import { candidateColumns, sortCandidates } from '../read/sort-candidates.js'
import type { CandidateColumn, CandidateOrder } from '../read/sort-candidates.js'

export interface CandidateTableProps {
  readonly advice: AdviceValue
  readonly recommended: AdviceCandidate | undefined
  readonly onUse: (candidate: string) => void
}

const titles: Readonly<Record<CandidateColumn, string>> = {
  title: 'Way to go',
  accuracy: 'Accuracy',
  status: 'Number is',
  seconds: 'Training',
  modelBytes: 'Model',
}
const help: Readonly<Record<CandidateColumn, string>> = {
  title: 'Network, what the head reads of it, and how it is trained',
  accuracy: 'Share of new images that are recognised, with its 95% interval',
  status: 'Measured on your images, tried on a small budget, or predicted',
  seconds: 'Time that training takes on this machine',
  modelBytes: 'Size of the model as a file',
}
/** Columns that people want to see from the largest number down. */
const largestFirst: readonly CandidateColumn[] = ['accuracy']

/**
 * All ways to go with what they promise and cost; what was measured and what is only predicted look and read
 * differently.
 */
export function CandidateTable({ advice, recommended, onUse }: CandidateTableProps): ReactElement {
  const [order, setOrder] = useState<CandidateOrder>({ column: 'accuracy', descending: true })
  const sort = (column: CandidateColumn): void =>
    setOrder({ column, descending: order.column === column ? !order.descending : largestFirst.includes(column) })
  return (
    <Card
      title="Ways to go"
      note="Solid bars were measured on your images; dashed ones are predicted."
      className="advice-ways"
    >
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of ways to go">
        <table className="class-table advice-candidates">
          <thead>
            <tr>
              {candidateColumns.map((column) => (
                <SortHeading
                  key={column}
                  title={titles[column]}
                  help={help[column]}
                  sorted={order.column === column ? (order.descending ? 'descending' : 'ascending') : 'none'}
                  onSort={() => sort(column)}
                />
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {sortCandidates(advice.candidates, order).map((candidate) => (
              <Row
                key={candidate.id}
                candidate={candidate}
                onUse={() => onUse(candidate.id)}
                network={networkTitle(advice, candidate.network)}
                badges={[
                  ...(candidate.id === recommended?.id ? ['Recommended'] : []),
                  ...(candidate.id === advice.textbook?.candidate ? ['Textbook'] : []),
                ]}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Row({
  candidate,
  network,
  badges,
  onUse,
}: {
  readonly candidate: AdviceCandidate
  readonly network: string
  readonly badges: readonly string[]
  readonly onUse: () => void
}): ReactElement {
  const { accuracy, status, basis } = candidate
  return (
    <tr className={badges.includes('Recommended') ? 'advice-recommended' : ''}>
      <th scope="row">
        <span className="advice-way">
          {recipeWords[candidate.recipe]}
          {badges.map((badge) => (
            <span key={badge} className="advice-badge">
              {badge}
            </span>
          ))}
        </span>
        <small>
          {network}, {featureWords[candidate.features]}
          {candidate.cut !== null && (
            <>
              , cut after <bdi>{candidate.cut}</bdi>
            </>
          )}
        </small>
      </th>
      <td className="numeric">
        {accuracy === null ? (
          '–'
        ) : (
          <>
            {status === 'measured' ? '' : 'about '}
            {estimateText(accuracy)}
            <IntervalBar
              value={accuracy.value}
              interval={[accuracy.low, accuracy.high]}
              isForeseen={status !== 'measured'}
              isDecoration
            />
          </>
        )}
      </td>
      <td title={basis}>
        {accuracy === null ? 'Not measured' : statusWords[status]}
        <span className="visually-hidden">: {basis}</span>
      </td>
      <td className="numeric">{duration(candidate.seconds)}</td>
      <td className="numeric">{bytes(candidate.modelBytes)}</td>
      <td>
        <Button size="s" aria-label={`Use ${candidate.title}`} onClick={onUse}>
          Use
        </Button>
      </td>
    </tr>
  )
}
