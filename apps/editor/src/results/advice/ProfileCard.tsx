import type { AdviceValue, AdviceCandidate } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { LineChart } from '../../charts/LineChart.js'
import { Card } from '../cards/Card.js'
import { profileChart } from '../read/advice-charts.js'
import { networkTitle } from '../read/advice-words.js'

export interface ProfileCardProps {
  readonly advice: AdviceValue
  readonly recommended: AdviceCandidate | undefined
}

/** What each network is worth for these images, by how much of it is kept. */
export function ProfileCard({ advice, recommended }: ProfileCardProps): ReactElement | null {
  const [chosen, choose] = useState<string | null>(null)
  const wanted = chosen ?? recommended?.network
  const profile = advice.profiles.find(({ network }) => network === wanted) ?? advice.profiles[0]
  if (profile === undefined) return null
  return (
    <Card
      title="How much of the network to keep"
      note={`Every place where it can be cut, tried on ${profile.pictures} images that were held back in turn. Bands: 95% intervals.`}
      className="wide-card"
    >
      {advice.profiles.length > 1 && (
        <div className="results-choice" role="group" aria-label="Which network">
          {advice.profiles.map(({ network }) => (
            <button
              key={network}
              type="button"
              aria-pressed={network === profile.network}
              onClick={() => choose(network)}
            >
              {networkTitle(advice, network)}
            </button>
          ))}
        </div>
      )}
      <LineChart model={profileChart(profile, recommended)} height={240} />
    </Card>
  )
}
