import type { CSSProperties, ReactElement } from 'react'
import { editor } from '../../document/store.js'
import { clamp, sliderStep } from '../fields/number-input.js'
import { NumberInput } from './NumberInput.js'
import type { WidgetProps } from '../fields/widget.js'

/** A slider for the feel of it, and a number beside it for the exact value. */
export function SliderWidget({ id, field, labelId, value, onChange, describedBy, isWrong }: WidgetProps): ReactElement {
  const { min, max } = field.range
  const low = min ?? 0
  const high = max ?? 1
  const number = typeof value === 'number' ? clamp(value, field.range) : low
  return (
    <span className="slider">
      <input
        className="slider-range"
        type="range"
        min={low}
        max={high}
        step={sliderStep(field.range)}
        value={number}
        aria-labelledby={labelId}
        aria-describedby={describedBy}
        style={{ '--fill': `${(100 * (number - low)) / Math.max(1e-9, high - low)}%` } as CSSProperties}
        onChange={(event) => onChange(Number(event.target.value))}
        onPointerUp={() => editor.endStep()}
      />
      <NumberInput id={id} value={value} range={field.range} isWrong={isWrong} onChange={onChange} />
    </span>
  )
}
