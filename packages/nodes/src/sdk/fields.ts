import { z } from 'zod'

/**
 * Hints for form and docs, kept in zod's `.meta()`; a node asks for a widget by name, and the editor never knows node
 * types.
 */
export interface FieldHints {
  readonly title: string
  readonly description: string
  /** Shown behind the value: `images`, `epochs`, `degrees`. */
  readonly unit?: string
  /** Name of a widget: `path`, `stage`, `stages`, `backbone`, `slider`. Absent: what suits the type. */
  readonly widget?: string
  readonly placeholder?: string
  /** Shown only when asked for. */
  readonly advanced?: boolean
  /** Shown only while another field has one of these values: with others it is not used. */
  readonly appliesWhen?: { readonly field: string; readonly values: readonly unknown[] }
}

/** A whole number that starts random draws; the same seed gives the same result. */
export function seedField(description: string, seed = 0): z.ZodDefault<z.ZodNumber> {
  return z.number().int().min(0).max(0xffffffff).default(seed).meta({ title: 'Seed', description, advanced: true })
}

/** A share between two bounds, 0 and 1 unless told otherwise; shown as a slider. */
export function fractionField(
  initial: number,
  hints: FieldHints,
  bounds: { readonly min?: number; readonly max?: number } = {},
): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .min(bounds.min ?? 0)
    .max(bounds.max ?? 1)
    .default(initial)
    .meta({ widget: 'slider', ...hints })
}

/** A number between two bounds; shown as a slider. */
export function rangeField(initial: number, min: number, max: number, hints: FieldHints): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .min(min)
    .max(max)
    .default(initial)
    .meta({ widget: 'slider', ...hints })
}

/** One of a few named choices. */
export function choiceField<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  initial: Choices[number],
  hints: FieldHints,
): z.ZodDefault<z.ZodEnum<{ [Choice in Choices[number]]: Choice }>> {
  const schema = z.enum(choices) as z.ZodEnum<{ [Choice in Choices[number]]: Choice }>
  return schema.default(initial as never).meta({ ...hints })
}

/** Yes or no. */
export function switchField(initial: boolean, hints: FieldHints): z.ZodDefault<z.ZodBoolean> {
  return z
    .boolean()
    .default(initial)
    .meta({ ...hints })
}

/** A path on disk, relative to the graph file. Required: a document without it does not check. */
export function pathField(hints: FieldHints): z.ZodString {
  return z
    .string()
    .min(1, 'Expected a path')
    .max(4096)
    .meta({ widget: 'path', ...hints })
}
