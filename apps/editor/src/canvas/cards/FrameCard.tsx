import { NodeResizer } from '@xyflow/react'
import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { ReactElement } from 'react'
import { setFrame } from '../../document/commands/annotations.js'
import { colorNames } from '../../document/graph/colors.js'
import { dispatch, editor } from '../../document/store.js'
import type { FrameFlowNode } from '../projection/to-flow.js'
import './annotations.css'

/** A titled box behind nodes; dragging it by its title takes along what is inside. */
export const FrameCard = memo(function FrameCard({
  data: { index, title, color },
  selected,
}: NodeProps<FrameFlowNode>): ReactElement {
  const name = (colorNames as readonly string[]).includes(color ?? '') ? color : 'grey'
  return (
    <div className={`frame frame-${name}${selected ? ' frame-selected' : ''}`}>
      <NodeResizer isVisible={selected} minWidth={120} minHeight={80} />
      <div className="frame-handle">
        <input
          className="frame-title nopan"
          aria-label="Frame title"
          value={title}
          size={Math.max(4, title.length + 1)}
          onChange={(event) => dispatch(setFrame(index, { title: event.target.value }))}
          onBlur={() => editor.endStep()}
          onKeyDown={leaveOnEscape}
        />
        {selected && (
          <span className="frame-colors nodrag" role="group" aria-label="Frame colour">
            {colorNames.map((choice) => (
              <button
                key={choice}
                type="button"
                className={`frame-color frame-${choice}`}
                aria-label={choice}
                aria-pressed={choice === name}
                onClick={() => dispatch(setFrame(index, { color: choice }))}
              />
            ))}
          </span>
        )}
      </div>
    </div>
  )
})

function leaveOnEscape(event: React.KeyboardEvent<HTMLInputElement>): void {
  event.stopPropagation()
  if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
}
