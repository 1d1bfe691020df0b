import type { ReactElement } from 'react'

export interface SortHeadingProps {
  readonly title: string
  /** What the column says. */
  readonly help: string
  readonly sorted: 'ascending' | 'descending' | 'none'
  readonly onSort: () => void
}

const arrows = { ascending: ' ↑', descending: ' ↓', none: '' } as const

/** The heading of a column that sorts the table by it, and the other way round when pressed again. */
export function SortHeading({ title, help, sorted, onSort }: SortHeadingProps): ReactElement {
  return (
    <th scope="col" aria-sort={sorted}>
      <button type="button" title={help} onClick={onSort}>
        {title}
        <span aria-hidden="true">{arrows[sorted]}</span>
      </button>
    </th>
  )
}
