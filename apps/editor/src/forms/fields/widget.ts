import type { ComponentType, ReactNode } from 'react'
import type { Field } from './field.js'

/** What every widget gets. It shows a value and says what it should become; everything around it belongs to the row. */
export interface WidgetProps {
  readonly nodeId: string
  readonly field: Field
  /** Of the main control, which the label points to. */
  readonly id: string
  readonly labelId: string
  readonly describedBy?: string
  readonly isWrong: boolean
  /** The param as stored, or its default; anything, as documents are written by hand too. */
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  /** The rows of the fields inside this one; only groups have some. */
  readonly children?: ReactNode
}

export type Widget = ComponentType<WidgetProps>
