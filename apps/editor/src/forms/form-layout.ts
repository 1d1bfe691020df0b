import type { Field } from './field.js'

/** What a form shows in one place: a field, or two stage fields that are the ends of one range. */
export type FormItem = { readonly kind: 'field'; readonly field: Field } | { readonly kind: 'range'; readonly from: Field; readonly to: Field }

export interface FormLayout {
  readonly main: readonly FormItem[]
  readonly advanced: readonly FormItem[]
}

/** Puts the fields in order: two stage fields in a row become one range on the picture of the network, advanced ones go last. */
export function layOutForm(fields: readonly Field[]): FormLayout {
  const items = pairStages(fields)
  return { main: items.filter((item) => !isAdvanced(item)), advanced: items.filter(isAdvanced) }
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

const isAdvanced = (item: FormItem): boolean => (item.kind === 'field' ? item.field.advanced : item.from.advanced && item.to.advanced)
