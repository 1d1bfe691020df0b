import type { NodeDefinition } from '../../sdk/define-node.js'
import { evaluate } from './evaluate.js'
import { predict } from './predict.js'
import { repeat } from './repeat.js'

/** The nodes of the group Evaluation, in the order of the palette. */
export const evaluationNodes: readonly NodeDefinition[] = [evaluate, repeat, predict]
