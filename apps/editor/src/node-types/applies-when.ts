/** A field means something only while another field has one of these values. */
export interface AppliesWhen {
  readonly field: string
  readonly values: readonly unknown[]
}

/** The condition in a param's hints; null: it always applies. */
export function appliesWhenOf(hints: Readonly<Record<string, unknown>>): AppliesWhen | null {
  const condition = hints['appliesWhen'] as Partial<AppliesWhen> | null | undefined
  return typeof condition?.field === 'string' && Array.isArray(condition.values)
    ? { field: condition.field, values: condition.values }
    : null
}

/** Does a field mean something, with the other fields as `valueOf` tells them, defaults included? */
export const applies = (condition: AppliesWhen | null, valueOf: (field: string) => unknown): boolean =>
  condition === null || condition.values.includes(valueOf(condition.field))
