import type { NodeDefinition } from '../sdk/define-node.js'
import { adviceNodes } from './advice/index.js'
import { dataNodes } from './data/index.js'
import { evaluationNodes } from './evaluation/index.js'
import { modelNodes } from './model/index.js'
import { outputNodes } from './output/index.js'
import { trainingNodes } from './training/index.js'

/** Every built-in node, group by group, in the order of the palette. */
export const library: readonly NodeDefinition[] = [
  ...dataNodes,
  ...modelNodes,
  ...trainingNodes,
  ...adviceNodes,
  ...evaluationNodes,
  ...outputNodes,
]
