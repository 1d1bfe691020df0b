import type { NodeDefinition } from '../../sdk/define-node.js'
import { scenarioAdvisor } from './scenario-advisor.js'

/** The nodes of the group Advice, in the order of the palette. */
export const adviceNodes: readonly NodeDefinition[] = [scenarioAdvisor]
