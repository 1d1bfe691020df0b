import type { AdvicePosition } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { percent, percentRange, whole } from '../../ui/format.js'
import { planeOf, planeSize } from '../read/plane.js'

const { width, height } = planeSize
const corners = [
  { text: ['many, similar', 'adjust late stages'], x: 8, y: 16, anchor: 'start' },
  { text: ['many, different', 'from scratch'], x: width - 8, y: 16, anchor: 'end' },
  { text: ['few, similar', 'learn a new head only'], x: 8, y: height - 20, anchor: 'start' },
  { text: ['few, different', 'cut early'], x: width - 8, y: height - 20, anchor: 'end' },
] as const

/** The plane as a small drawing: a cross as wide and as high as the place is uncertain. The words stand below it. */
export function PlaneDrawing({ position }: { readonly position: AdvicePosition }): ReactElement {
  const { lineX, lineY, at, acrossX, acrossY } = planeOf(position)
  const { similarity, perClass } = position
  return (
    <svg
      className="advice-plane"
      viewBox={`-1 -1 ${width + 2} ${height + 22}`}
      role="img"
      aria-label={`Plane of size and similarity: ${whole(perClass.middle)} images per class, similarity ${percent(similarity.value, 0)}, ${percentRange(similarity.low, similarity.high)}`}
    >
      <rect className="advice-plane-frame" width={width} height={height} rx={4} />
      <path className="advice-plane-line" d={`M${lineX} 0V${height}M0 ${lineY}H${width}`} />
      {corners.map(({ text, x, y, anchor }) => (
        <text key={text[0]} className="advice-plane-corner" x={x} y={y} textAnchor={anchor}>
          <tspan className="advice-plane-name">{text[0]}</tspan>
          <tspan x={x} dy={13}>
            {text[1]}
          </tspan>
        </text>
      ))}
      <rect
        className="advice-plane-area"
        x={acrossX[0]}
        y={acrossY[0]}
        width={acrossX[1] - acrossX[0]}
        height={acrossY[1] - acrossY[0]}
      />
      <path
        className="advice-plane-bar"
        d={`M${acrossX[0]} ${at.y}H${acrossX[1]}M${acrossX[0]} ${at.y - 5}v10M${acrossX[1]} ${at.y - 5}v10M${at.x} ${acrossY[0]}V${acrossY[1]}M${at.x - 5} ${acrossY[0]}h10M${at.x - 5} ${acrossY[1]}h10`}
      />
      <circle className="advice-plane-point" cx={at.x} cy={at.y} r={5} />
      <text className="advice-plane-corner" x={0} y={height + 16}>
        like what it knows
      </text>
      <text className="advice-plane-corner" x={width} y={height + 16} textAnchor="end">
        nothing like it
      </text>
    </svg>
  )
}
