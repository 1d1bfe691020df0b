import { useId } from 'react'
import type { ReactElement } from 'react'
import type { NetworkSummary } from '@graft/graph-schema'

export interface StageNameProps {
  readonly id: string
  readonly label?: string
  readonly network: NetworkSummary | null
  readonly value: unknown
  readonly placeholder: string
  readonly describedBy?: string
  readonly isWrong: boolean
  readonly onChange: (value: string) => void
}

/** The same choice by name, for single layers and for those who type; names of the network are offered. */
export function StageName({
  id,
  label,
  network,
  value,
  placeholder,
  describedBy,
  isWrong,
  onChange,
}: StageNameProps): ReactElement {
  const listId = useId()
  return (
    <>
      <input
        id={id}
        className="input"
        type="text"
        list={listId}
        value={typeof value === 'string' ? value : ''}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        {...(label !== undefined && { 'aria-label': label })}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={listId}>
        {network?.stages.map(({ name, shape }) => (
          <option key={name} value={name}>{`stage, ${shape.join(' × ')}`}</option>
        ))}
        {network?.stages.flatMap(({ layers }) =>
          layers.map(({ name, operator }) => (
            <option key={`layer ${name}`} value={name}>
              {operator}
            </option>
          )),
        )}
      </datalist>
    </>
  )
}
