import type { GraphDocument } from '../document.js'
import type { NodeManifest } from '../manifest.js'
import type { Problem } from '../problem.js'
import { classes } from './classes.js'
import { createContext } from './context.js'
import type { CheckOptions, Rule } from './context.js'
import { cycles } from './cycles.js'
import { edgeDuplicates, edgeEnds } from './edges.js'
import { inactive } from './inactive.js'
import { requiredInputs } from './inputs.js'
import { nodeTypes } from './node-types.js'
import { outcome } from './outcome.js'
import { params } from './params.js'
import { types } from './types.js'

/** Every rule, in the order in which people would mend things. */
const rules: readonly Rule[] = [
  nodeTypes,
  edgeEnds,
  edgeDuplicates,
  cycles,
  params,
  requiredInputs,
  types,
  classes,
  inactive,
  outcome,
]

const severities = ['error', 'warning', 'info'] as const

/**
 * Every problem of a document that can be found without running it, errors first; each with where it is and how to fix
 * it.
 */
export function check(
  document: GraphDocument,
  manifests: readonly NodeManifest[],
  options: CheckOptions = {},
): readonly Problem[] {
  const context = createContext(document, manifests, options)
  const problems = rules.flatMap((rule) => rule(context))
  return severities.flatMap((severity) => problems.filter((problem) => problem.severity === severity))
}
