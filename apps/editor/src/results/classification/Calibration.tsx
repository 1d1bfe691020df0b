import type { ReactElement } from 'react'
import type { SingleLabelEvaluation } from '@graft/graph-schema'
import { counted, percent } from '../../ui/format.js'
import { Card } from '../cards/Card.js'
import { readCalibration } from '../read/read-evaluation.js'

const size = { width: 300, height: 210, left: 54, right: 22, top: 8, bottom: 36 }
const x = (share: number): number => size.left + share * (size.width - size.left - size.right)
const y = (share: number): number => size.height - size.bottom - share * (size.height - size.top - size.bottom)

/** How sure the network is against how often it is right. On the diagonal its probabilities mean what they say. */
export function Calibration({ detail }: { readonly detail: SingleLabelEvaluation }): ReactElement {
  const bins = detail.calibrationBins.filter(({ count }) => count > 0)
  const most = Math.max(1, ...bins.map(({ count }) => count))
  const words = readCalibration(detail)
  return (
    <Card title="Calibration" note={words}>
      <svg
        className="calibration"
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={`Calibration. ${words} ${bins.map(({ confidence, accuracy, count }) => `${counted(count, 'image')}: sure ${percent(confidence, 0)}, right ${percent(accuracy, 0)}`).join('; ')}`}
      >
        {[0, 0.5, 1].map((tick) => (
          <g key={tick}>
            <line className="chart-grid" x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} />
            <text className="chart-tick" x={x(0) - 6} y={y(tick) + 3.5} textAnchor="end">
              {percent(tick, 0)}
            </text>
            <text className="chart-tick" x={x(tick)} y={y(0) + 14} textAnchor="middle">
              {percent(tick, 0)}
            </text>
          </g>
        ))}
        <line className="calibration-ideal" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
        {bins.map(({ low, high, accuracy, count }) => (
          <rect
            key={low}
            x={x(low) + 1}
            width={Math.max(1, x(high) - x(low) - 2)}
            y={y(accuracy)}
            height={Math.max(0, y(0) - y(accuracy))}
            className="calibration-bar"
            style={{ opacity: 0.35 + (0.65 * count) / most }}
          />
        ))}
        {bins.map(({ low, confidence, accuracy }) => (
          <circle key={low} cx={x(confidence)} cy={y(accuracy)} r={3} className="calibration-point" />
        ))}
        <text className="chart-tick" x={(x(0) + x(1)) / 2} y={size.height - 4} textAnchor="middle">
          how sure it was
        </text>
        <text className="chart-tick" transform={`translate(9 ${(y(0) + y(1)) / 2}) rotate(-90)`} textAnchor="middle">
          how often it was right
        </text>
      </svg>
    </Card>
  )
}
