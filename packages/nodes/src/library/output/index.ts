import type { NodeDefinition } from '../../sdk/define-node.js'
import { exportModel } from './export-model.js'
import { exportProgram } from './export-program.js'
import { report } from './report.js'

/** The nodes of the group Output, in the order of the palette. */
export const outputNodes: readonly NodeDefinition[] = [exportModel, exportProgram, report]
