import type { ReactElement } from 'react'
import { orders } from './filter-pictures.js'
import type { PictureFilter, PictureOrder } from './filter-pictures.js'

const orderNames: Readonly<Record<PictureOrder, string>> = {
  unsure: 'least sure first',
  sure: 'surest first',
  class: 'by answer',
  name: 'by name',
}
const limits: readonly (readonly [number, string])[] = [
  [1, 'any'],
  [0.99, 'below 99%'],
  [0.9, 'below 90%'],
  [0.7, 'below 70%'],
  [0.5, 'below 50%'],
]
const outcomes = { all: 'right and wrong', right: 'right', wrong: 'wrong' } as const

export interface GalleryFilterProps {
  readonly filter: PictureFilter
  readonly classNames: readonly string[]
  /** Whether it is known which answers are right. */
  readonly isLabelled: boolean
  readonly onChange: (filter: PictureFilter) => void
}

/** Which pictures are shown, and in which order. */
export function GalleryFilter({ filter, classNames, isLabelled, onChange }: GalleryFilterProps): ReactElement {
  return (
    <div className="gallery-filter">
      <label>
        Order{' '}
        <select
          className="select"
          value={filter.order}
          onChange={(event) =>
            onChange({ ...filter, order: orders.find((order) => order === event.target.value) ?? 'unsure' })
          }
        >
          {orders.map((order) => (
            <option key={order} value={order}>
              {orderNames[order]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Answer{' '}
        <select
          className="select"
          value={filter.answer ?? ''}
          onChange={(event) =>
            onChange({ ...filter, answer: event.target.value === '' ? null : Number(event.target.value) })
          }
        >
          <option value="">any class</option>
          {classNames.map((name, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Certainty{' '}
        <select
          className="select"
          value={filter.atMost}
          onChange={(event) => onChange({ ...filter, atMost: Number(event.target.value) })}
        >
          {limits.map(([limit, name]) => (
            <option key={limit} value={limit}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {isLabelled && (
        <label>
          Outcome{' '}
          <select
            className="select"
            value={filter.outcome}
            onChange={(event) =>
              onChange({
                ...filter,
                outcome: event.target.value === 'right' || event.target.value === 'wrong' ? event.target.value : 'all',
              })
            }
          >
            {Object.entries(outcomes).map(([outcome, name]) => (
              <option key={outcome} value={outcome}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  )
}
