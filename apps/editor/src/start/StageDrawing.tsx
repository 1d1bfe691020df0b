import type { ReactElement } from 'react'
import { describeStages } from './quadrants.js'
import type { StageFate } from './quadrants.js'

const width = 26
const gap = 4

/** A recipe as a row of stages: what stays, what learns, what goes. */
export function StageDrawing({ stages }: { readonly stages: readonly StageFate[] }): ReactElement {
  const total = (stages.length + 1) * (width + gap) - gap
  return (
    <svg
      className="stage-drawing"
      width={total}
      height={40}
      viewBox={`0 0 ${total} 40`}
      role="img"
      aria-label={describeStages(stages)}
    >
      {stages.map((fate, index) => {
        const height = 36 - index * 4
        const x = index * (width + gap)
        return (
          <g key={index} className={`fate-${fate}`}>
            <rect x={x + 0.75} y={(40 - height) / 2} width={width - 1.5} height={height} rx={4} />
            {fate === 'frozen' && (
              <path d={`M${x + 13} 14v12M${x + 8} 17l10 6M${x + 8} 23l10-6`} className="fate-sign" />
            )}
            {(fate === 'slow' || fate === 'train') && <path d={`M${x + 7} 23c3-7 6 3 12-6`} className="fate-sign" />}
            {fate === 'fresh' && <path d={`M${x + 13} 15v10M${x + 8} 20h10`} className="fate-sign" />}
            {fate === 'cut' && <path d={`M${x + 9} 16l8 8M${x + 17} 16l-8 8`} className="fate-sign" />}
          </g>
        )
      })}
      <g className="fate-head">
        <rect x={stages.length * (width + gap) + 0.75} y={10} width={width - 1.5} height={20} rx={4} />
      </g>
    </svg>
  )
}
