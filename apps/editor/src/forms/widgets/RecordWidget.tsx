import { useId, useState } from 'react'
import type { ReactElement } from 'react'
import { Button, IconButton } from '../../ui/Button.js'
import type { Range } from '../fields/field.js'
import { useNetwork } from '../network/use-inspection.js'
import { NumberInput } from './NumberInput.js'
import type { WidgetProps } from '../fields/widget.js'

const anyNumber: Range = { min: null, max: null, aboveMin: false, belowMax: false, integer: false }

/**
 * Numbers by name, such as learning-rate factors by stage; the stages of the network that arrives are offered as names.
 */
export function RecordWidget({ nodeId, field, id, labelId, value, onChange }: WidgetProps): ReactElement {
  const record =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {}
  const [name, setName] = useState('')
  const listId = useId()
  const network = useNetwork(nodeId)
  const offered =
    network.status === 'ready'
      ? network.before.stages.map((stage) => stage.name).filter((stage) => !Object.hasOwn(record, stage))
      : []
  const add = (): void => {
    const key = name.trim() === '' ? offered[0] : name.trim()
    if (key === undefined || Object.hasOwn(record, key)) return
    onChange({ ...record, [key]: 1 })
    setName('')
  }
  return (
    <div className="record" role="group" aria-labelledby={labelId}>
      {Object.entries(record).map(([key, item]) => (
        <span key={key} className="record-item">
          <span className="record-key" title={key}>
            {key}
          </span>
          <NumberInput
            label={`${field.title}, ${key}`}
            value={item}
            range={field.items ?? anyNumber}
            onChange={(changed) => onChange({ ...record, [key]: changed ?? '' })}
          />
          <IconButton
            icon="close"
            size="s"
            label={`Remove ${key}`}
            onClick={() => onChange(Object.fromEntries(Object.entries(record).filter(([other]) => other !== key)))}
          />
        </span>
      ))}
      <span className="record-add">
        <input
          id={id}
          className="input"
          type="text"
          list={listId}
          value={name}
          placeholder={offered[0] ?? 'name'}
          autoComplete="off"
          aria-label={`New name in ${field.title}`}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add()
          }}
        />
        <datalist id={listId}>
          {offered.map((stage) => (
            <option key={stage} value={stage} />
          ))}
        </datalist>
        <Button size="s" icon="add" onClick={add} disabled={name.trim() === '' && offered.length === 0}>
          Add
        </Button>
      </span>
    </div>
  )
}
