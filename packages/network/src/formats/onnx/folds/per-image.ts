import type { Constant } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/** Operators after which numbers that count images still do, each by as much as before. */
const keeping = ['Add', 'Sub', 'Unsqueeze', 'Squeeze', 'Reshape', 'Expand', 'Cast', 'Identity']

/**
 * Follows numbers that grow from image to image (`Constant.perImage`) through the folding of a node. Throws FormatError where
 * what becomes of them can't be told.
 */
export function followPerImage(call: NodeCall, results: readonly Constant[]): readonly Constant[] {
  const steps = call.inputs.flatMap((value) => (value?.kind === 'constant' ? (value.perImage ?? []) : []))
  const [step] = steps
  if (step === undefined) return results
  const factor = perImageFactor(call)
  if (steps.length === 1 && factor !== null) return results.map((result) => ({ ...result, perImage: step * factor }))
  throw call.refuse(
    'computes with the numbers of the images in a batch',
    'Results must not depend on how many images are run together: export the model with a fixed formula.',
  )
}

function perImageFactor(call: NodeCall): number | null {
  const [first, second] = call.inputs
  const { operator } = call.node
  if (operator === 'Mul') {
    const factor = first?.kind === 'constant' && first.perImage === undefined ? first : second
    const values = factor?.kind === 'constant' ? factor.read() : []
    return values.length === 1 ? (values[0] ?? null) : null
  }
  const counts = first?.kind === 'constant' && first.perImage !== undefined
  return keeping.includes(operator) && (counts || operator === 'Add') ? 1 : null
}
