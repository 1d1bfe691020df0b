import type { AdviceValue } from '@graft/graph-schema'
import { candidateOf } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { CandidateTable } from './CandidateTable.js'
import { Findings } from './Findings.js'
import { MorePictures } from './MorePictures.js'
import { NotMeasured } from './NotMeasured.js'
import { PositionCard } from './PositionCard.js'
import { ProfileCard } from './ProfileCard.js'
import { RecommendationCard } from './RecommendationCard.js'
import './advice.css'

export interface AdviceCardsProps {
  readonly advice: AdviceValue
  /** Turns the advice, or another of its candidates, into nodes of a graph. */
  readonly onUse: (candidate?: string) => void
}

/** All that an advice says, card by card: what to do first, then what that rests on. */
export function AdviceCards({ advice, onUse }: AdviceCardsProps): ReactElement {
  const recommended = candidateOf(advice, advice.recommendation.candidate)
  return (
    <div className="results-grid">
      <RecommendationCard advice={advice} recommended={recommended} onUse={() => onUse()} />
      {advice.position !== null && <PositionCard position={advice.position} advice={advice} />}
      {advice.profiles.length > 0 && <ProfileCard advice={advice} recommended={recommended} />}
      {advice.candidates.length > 0 && <CandidateTable advice={advice} recommended={recommended} onUse={onUse} />}
      {advice.curve !== null && <MorePictures curve={advice.curve} advice={advice} />}
      {advice.findings.length > 0 && <Findings advice={advice} />}
      <NotMeasured advice={advice} />
    </div>
  )
}
