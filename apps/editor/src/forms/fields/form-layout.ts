import { nodeOf } from '@graft/graph-schema'
import type { GraphDocument, Problem } from '@graft/graph-schema'
import { paramAt } from '../../document/commands/params.js'
import { applies } from '../../node-types/applies-when.js'
import type { Field } from './field.js'
import { problemsOfField } from './field-problems.js'

/** What a form shows in one place: a field, or two stage fields that are the ends of one range. */
export type FormItem =
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'range'; readonly from: Field; readonly to: Field }

export interface FormLayout {
  readonly main: readonly FormItem[]
  readonly advanced: readonly FormItem[]
}

/**
 * Puts the fields in order: two stage fields in a row become one range on the drawing of the network, advanced ones go
 * last.
 */
export function layOutForm(fields: readonly Field[]): FormLayout {
  const items = pairStages(fields)
  return { main: items.filter((item) => !isAdvanced(item)), advanced: items.filter(isAdvanced) }
}

/** The fields that mean something with the params as they are. What is set in the others stays, and is not used. */
export function applying(fields: readonly Field[], document: GraphDocument, nodeId: string): readonly Field[] {
  const valueOf = (path: string): unknown =>
    paramAt(document, nodeId, path) ?? fields.find((field) => field.path === path)?.initial
  return fields.filter(({ appliesWhen }) => applies(appliesWhen, valueOf))
}

function pairStages(fields: readonly Field[]): readonly FormItem[] {
  const items: FormItem[] = []
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]
    const next = fields[index + 1]
    if (field === undefined) continue
    if (field.widget === 'stage' && next?.widget === 'stage') {
      items.push({ kind: 'range', from: field, to: next })
      index += 1
    } else items.push({ kind: 'field', field })
  }
  return items
}

const isAdvanced = (item: FormItem): boolean =>
  item.kind === 'field' ? item.field.advanced : item.from.advanced && item.to.advanced

const fieldsOf = (items: readonly FormItem[]): readonly Field[] =>
  items.flatMap((item) => (item.kind === 'field' ? [item.field] : [item.from, item.to]))

/**
 * What is worth seeing among fields that are put away: how many were set to something else than the default, and how
 * many are wrong.
 */
export interface PutAway {
  readonly changed: number
  readonly wrong: number
}

export function putAway(
  items: readonly FormItem[],
  document: GraphDocument,
  nodeId: string,
  problems: readonly Problem[],
  failedField?: string,
): PutAway {
  const fields = nodeOf(document, nodeId) === undefined ? [] : fieldsOf(items)
  const isChanged = ({ path, initial }: Field): boolean => {
    const value = paramAt(document, nodeId, path)
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(initial)
  }
  return {
    changed: fields.filter(isChanged).length,
    wrong: fields.filter(({ path }) => path === failedField || problemsOfField(problems, path).length > 0).length,
  }
}

/** `Advanced`, and what of it is set: `Advanced, 2 changed`. */
export const putAwayTitle = ({ changed }: PutAway): string =>
  changed === 0 ? 'Advanced' : `Advanced, ${changed} changed`
