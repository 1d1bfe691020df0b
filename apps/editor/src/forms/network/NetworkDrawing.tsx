import { useRef } from 'react'
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import type { Estimate, NetworkSummary } from '@graft/graph-schema'
import { editor } from '../../document/store.js'
import { compact, percent, percentRange } from '../../ui/format.js'
import { FormProblem } from '../fields/FormProblem.js'
import { PreprocessingNote } from './PreprocessingNote.js'
import { blockHeights, boundaries, nearestBoundary, showShape, stateOf } from './stage-drawing.js'

/**
 * A line across the network that can be dragged or moved by arrow keys. `at` counts boundaries: 0 is above the first
 * stage.
 */
export interface Handle {
  readonly id: string
  readonly label: string
  readonly at: number
  readonly min: number
  readonly max: number
  readonly text: string
  readonly onMove: (at: number) => void
}

export interface NetworkDrawingProps {
  readonly network: NetworkSummary
  /** The network behind the node, for what is frozen; null: not known. */
  readonly after: NetworkSummary | null
  readonly handles: readonly Handle[]
  /** How each stage stands to the choice. */
  readonly roleOf: (index: number) => 'kept' | 'gone' | 'chosen' | 'other'
  /** Accuracy to expect of a cut after a stage; null: not measured. */
  readonly worthOf: (index: number) => Estimate | null
}

const gap = 4

/** The network as a stack of its stages, from the image that goes in at the top to what comes out below. */
export function NetworkDrawing({ network, after, handles, roleOf, worthOf }: NetworkDrawingProps): ReactElement {
  const box = useRef<HTMLDivElement>(null)
  const heights = blockHeights(network.stages)
  const places = boundaries(heights, gap)
  const heaviest = Math.max(1, ...network.stages.map(({ parameters }) => parameters))
  const drag = (handle: Handle, event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || box.current === null) return
    const at = nearestBoundary(places, event.clientY - box.current.getBoundingClientRect().top)
    const inside = Math.min(handle.max, Math.max(handle.min, at))
    if (inside !== handle.at) handle.onMove(inside)
  }
  return (
    <div className="network">
      <p className="network-end" title={network.preprocessing.explanation}>
        image {showShape(network.input.shape)}
      </p>
      {network.isOutline && <OutlineNote />}
      {!network.preprocessing.certain && <PreprocessingNote network={network} />}
      <div ref={box} className="network-stack" style={{ blockSize: (places.at(-1) ?? 0) - gap }}>
        <ol>
          {network.stages.map((stage, index) => {
            const now = after?.stages.find(({ name }) => name === stage.name) ?? stage
            const state = stateOf(now)
            return (
              <li
                key={stage.name}
                className={`stage stage-${roleOf(index)} stage-${state}`}
                style={{ top: places[index], blockSize: heights[index] }}
                title={`${stage.layers.length} layers, ${compact(stage.macs)} multiplications per image`}
              >
                <span
                  className="stage-bar"
                  style={{ inlineSize: `${100 * Math.sqrt(stage.parameters / heaviest)}%` }}
                  aria-hidden="true"
                />
                <span className="stage-name">{stage.name}</span>
                <span className="stage-shape numeric">{showShape(stage.shape)}</span>
                <span className="stage-count numeric">
                  {stage.parameters === 0 ? 'no weights' : `${compact(stage.parameters)} parameters`}
                  {stateWord[state]}
                </span>
                <Worth estimate={worthOf(index)} />
              </li>
            )
          })}
        </ol>
        {handles.map((handle) => (
          <span
            key={handle.id}
            className={`stage-handle stage-handle-${handle.id}`}
            role="slider"
            tabIndex={0}
            aria-orientation="vertical"
            aria-label={handle.label}
            style={{ top: (places[handle.at] ?? 0) - gap / 2 }}
            aria-valuemin={handle.min}
            aria-valuemax={handle.max}
            aria-valuenow={handle.at}
            aria-valuetext={handle.text}
            onKeyDown={(event) => onKey(event, handle)}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId)
              event.currentTarget.focus()
            }}
            onPointerMove={(event) => drag(handle, event)}
            onPointerUp={() => editor.endStep()}
          >
            <span className="stage-grip" aria-hidden="true" />
          </span>
        ))}
      </div>
    </div>
  )
}

/** How well the pictures are told apart from what a stage gives, with a bar for the interval. */
function Worth({ estimate }: { readonly estimate: Estimate | null }): ReactElement | null {
  if (estimate === null) return null
  const { value, low, high } = estimate
  return (
    <span className="stage-worth numeric" title={`Accuracy with a cut below: ${percentRange(low, high)}`}>
      <span className="stage-worth-bar" aria-hidden="true">
        <span style={{ insetInlineStart: `${100 * low}%`, inlineSize: `${100 * (high - low)}%` }} />
      </span>
      {percent(value, 0)}
    </span>
  )
}

const OutlineNote = (): ReactElement => (
  <FormProblem
    severity="info"
    message="Not downloaded yet: drawn from what is known of this network."
    fix="Cut and freeze as you like; the first run downloads it, or the form of the node that loads it."
  />
)

const stateWord = { frozen: ', frozen', partly: ', partly frozen', trainable: '', plain: '' } as const

function onKey(event: KeyboardEvent, { at, min, max, onMove }: Handle): void {
  const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: min, End: max }[
    event.key
  ]
  if (next === undefined) return
  event.preventDefault()
  event.stopPropagation()
  const inside = Math.min(max, Math.max(min, next))
  if (inside !== at) onMove(inside)
}
