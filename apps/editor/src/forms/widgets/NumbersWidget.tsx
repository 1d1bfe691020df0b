import type { ReactElement } from 'react'
import { Button, IconButton } from '../../ui/Button.js'
import type { Range } from '../fields/field.js'
import { NumberInput } from './NumberInput.js'
import type { WidgetProps } from '../fields/widget.js'

const anyNumber: Range = { min: null, max: null, aboveMin: false, belowMax: false, integer: false }

/** A list of numbers, such as the sizes of hidden layers. */
export function NumbersWidget({ field, id, labelId, value, onChange }: WidgetProps): ReactElement {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  const range = field.items ?? anyNumber
  const next =
    typeof list.at(-1) === 'number'
      ? (list.at(-1) as number)
      : Math.max(range.min ?? 1, Math.min(128, range.max ?? 128))
  return (
    <div className="numbers" role="group" aria-labelledby={labelId}>
      {list.map((item, index) => (
        <span key={index} className="numbers-item">
          <NumberInput
            label={`${field.title} ${index + 1}`}
            value={item}
            range={range}
            onChange={(changed) => onChange(list.map((old, place) => (place === index ? (changed ?? '') : old)))}
          />
          <IconButton
            icon="close"
            size="s"
            label={`Remove ${field.title} ${index + 1}`}
            onClick={() => onChange(list.filter((_, place) => place !== index))}
          />
        </span>
      ))}
      {list.length === 0 && <span className="numbers-none">none</span>}
      <Button
        id={id}
        size="s"
        icon="add"
        disabled={field.maxItems !== null && list.length >= field.maxItems}
        onClick={() => onChange([...list, next])}
      >
        Add
      </Button>
    </div>
  )
}
