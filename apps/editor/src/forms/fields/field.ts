import type { AppliesWhen } from '../../node-types/applies-when.js'

/**
 * Names of the widgets that fields can have. A node asks for one in its params' `.meta()`; the form never looks at node
 * types.
 */
export const widgetNames = [
  'text',
  'number',
  'slider',
  'switch',
  'choice',
  'choices',
  'numbers',
  'record',
  'path',
  'backbone',
  'checksum',
  'stage',
  'stages',
  'group',
  'json',
] as const
export type WidgetName = (typeof widgetNames)[number]

/** Bounds of a number; null: none. */
export interface Range {
  readonly min: number | null
  readonly max: number | null
  /** The bound itself is not allowed. */
  readonly aboveMin: boolean
  readonly belowMax: boolean
  readonly integer: boolean
}

/** One field of a form, derived from the JSON Schema of a param. */
export interface Field {
  /** Path in the node's params: `epochs`, `optimizer.momentum`. */
  readonly path: string
  readonly title: string
  readonly description: string
  readonly widget: WidgetName
  readonly unit: string | null
  readonly placeholder: string | null
  /** Shown only when asked for. */
  readonly advanced: boolean
  /** Means something only while another field has one of these values; null: always. */
  readonly appliesWhen: AppliesWhen | null
  readonly required: boolean
  /** What applies when the param is left out; undefined: it has none. */
  readonly initial: unknown
  /** Of one of them, or of several (`choices`). */
  readonly choices: readonly unknown[]
  /** What choices are called for people, where that is more than what documents write. */
  readonly choiceTitles: Readonly<Record<string, string>>
  readonly range: Range
  readonly maxLength: number | null
  readonly maxItems: number | null
  /** Bounds of what a list or record holds. */
  readonly items: Range | null
  /** Fields of a group. */
  readonly fields: readonly Field[]
}
