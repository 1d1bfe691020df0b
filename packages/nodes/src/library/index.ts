import type { NodeDefinition } from '../sdk/define-node.js'
import { dataNodes } from './data/index.js'

/** Every built-in node, group by group, in the order of the palette. */
export const library: readonly NodeDefinition[] = [...dataNodes]
