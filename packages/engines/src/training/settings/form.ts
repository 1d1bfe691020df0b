import type { z } from 'zod'
import { formFields } from './fields.js'

type Method = z.output<typeof formFields.method>

const penalised: readonly Method[] = ['solver', 'leastSquares']
const weighted: readonly Method[] = ['descent', 'solver']

/** Fields that methods without steps read too, and which; gradient descent alone reads all others. */
const readBy: Partial<Record<keyof typeof formFields, readonly Method[] | 'all'>> = {
  method: 'all',
  penalty: penalised,
  labelSmoothing: weighted,
  classWeights: weighted,
  views: 'all',
  cacheFeatures: 'all',
  seed: 'all',
}

/** The fields as a form shows them: each only while the method reads it (`appliesWhen` in the fields' hints). */
export const trainForm = Object.fromEntries(
  Object.entries(formFields).map(([name, field]) => {
    const values = readBy[name as keyof typeof formFields] ?? ['descent']
    return [name, values === 'all' ? field : field.meta({ ...field.meta(), appliesWhen: { field: 'method', values } })]
  }),
) as typeof formFields
