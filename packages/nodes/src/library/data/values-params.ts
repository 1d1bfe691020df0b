import { z } from 'zod'
import type { Problem, Sample } from '@graft/graph-schema'
import { describeValues, type StoredRange, type ValuesRule } from '@graft/network'
import { choiceField } from '../../sdk/fields.js'
import type { NodeContext } from '../../sdk/node-context.js'
import type { CheckedFile } from './image-folder/check-files.js'
import type { ListedFile } from '../../image-files/list-files.js'

/** The fields of every node that reads image files, for values that don't say what is black and what is white. */
export const valuesFields = {
  values: choiceField(['refuse', 'full range', 'fixed range', 'own range'], 'refuse', {
    title: 'Scientific values',
    description:
      "What becomes black and white in images with floating-point, 32-bit or 16-bit values, which don't say it themselves. `refuse`: images that can't be understood are skipped and named. `full range`: what the type of number can hold (0 to 1 for floating point). `fixed range`: the two values below. `own range`: the smallest and largest value of each image; brightness then can't be compared between images. With any but `refuse`, of bands that are not colours the first three are used.",
    advanced: true,
  }),
  valuesFrom: z.number().default(0).meta({
    title: 'Value of black',
    description: 'For `fixed range`: this stored value and those below become black.',
    advanced: true,
  }),
  valuesTo: z.number().default(4095).meta({
    title: 'Value of white',
    description: 'For `fixed range`: this stored value and those above become white. 4095 for 12 bits.',
    advanced: true,
  }),
}

interface ValuesParams {
  readonly values: 'refuse' | 'full range' | 'fixed range' | 'own range'
  readonly valuesFrom: number
  readonly valuesTo: number
}

/** Undefined: images that would need a rule are refused. */
export function valuesRule({ values, valuesFrom, valuesTo }: ValuesParams): ValuesRule | undefined {
  if (values === 'refuse') return undefined
  return values === 'fixed range' ? { rule: values, from: valuesFrom, to: valuesTo } : { rule: values }
}

export function checkValuesParams(node: string, { values, valuesFrom, valuesTo }: ValuesParams): Problem[] {
  if (values !== 'fixed range' || valuesFrom < valuesTo) return []
  return [
    {
      code: `${node}/empty-range`,
      severity: 'error',
      field: 'valuesTo',
      message: `Black is ${valuesFrom} and white is ${valuesTo}; white was expected above black.`,
      fix: 'Set the stored values that should be black and white; for 12 bits 0 and 4095.',
    },
  ]
}

/** Text by which results of other rules are told apart. */
export const keyOfValues = (rule: ValuesRule | undefined): string =>
  rule === undefined ? '' : ` ${JSON.stringify(rule)}`

/**
 * How a sample remembers its range. What is computed from an image is kept under its fingerprint, so one that is scaled
 * otherwise has another.
 */
export function withValues({ fingerprint, check }: Pick<CheckedFile<ListedFile>, 'fingerprint' | 'check'>): {
  readonly fingerprint: string
  readonly values?: StoredRange
} {
  if (!check.ok || check.values === undefined) return { fingerprint }
  const { values } = check
  return { fingerprint: `${fingerprint} ${values.from} to ${values.to}`, values }
}

/** What the report says of it. */
export const historyOf = ({ values }: { readonly values?: ValuesRule }): readonly string[] =>
  values === undefined ? [] : [`Values: ${describeValues(values)}`]

/** The rule for the dataset's value, and on the way into the log; nothing where no image was scaled. */
export function tellValues(
  values: ValuesRule | undefined,
  samples: readonly Sample[],
  { emit }: Pick<NodeContext, 'emit'>,
): { readonly values?: ValuesRule } {
  const scaled = samples.filter((sample) => sample.values !== undefined)
  if (scaled.length === 0 || values === undefined) return {}
  const message = `Values of ${scaled.length} images are scaled: ${describeValues(values)}.`
  emit({ type: 'log', level: 'info', message })
  return { values }
}
