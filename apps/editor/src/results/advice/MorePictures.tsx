import type { AdviceValue, LearningCurve } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { LineChart } from '../../charts/LineChart.js'
import { counted } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { IntervalBar } from '../cards/IntervalBar.js'
import { estimateText } from '../read/advice-words.js'
import { learningChart } from '../read/advice-charts.js'

export interface MorePicturesProps {
  readonly curve: LearningCurve
  readonly advice: AdviceValue
}

/** What more images would bring, and of which classes they are wanted most. */
export function MorePictures({ curve, advice }: MorePicturesProps): ReactElement {
  return (
    <Card title="What more images would bring" className="wide-card">
      <p className="advice-promise">
        {curve.promise?.words ?? 'What was measured does not support a promise for more images.'}
      </p>
      {curve.points.length > 0 && <LineChart model={learningChart(curve)} height={210} />}
      {curve.neediest.length > 0 && (
        <>
          <h4>Classes that need images most</h4>
          <ul className="advice-needy">
            {curve.neediest.map(({ label, pictures, recognised, words }) => (
              <li key={label}>
                <b>
                  <bdi>{advice.data.classNames[label] ?? label}</bdi>
                </b>
                <span className="numeric">{counted(pictures, 'image')}</span>
                <span className="numeric">{estimateText(recognised)} recognised</span>
                <IntervalBar value={recognised.value} interval={[recognised.low, recognised.high]} isDecoration />
                <small>{words}</small>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}
