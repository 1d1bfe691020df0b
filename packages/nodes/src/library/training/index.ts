import type { NodeDefinition } from '../../sdk/define-node.js'
import { findLearningRate } from './find-learning-rate.js'
import { search } from './search.js'
import { train } from './train.js'

/** The nodes of the group Training, in the order of the palette. */
export const trainingNodes: readonly NodeDefinition[] = [train, findLearningRate, search]
