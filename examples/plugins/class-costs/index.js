import { definePlugin } from '@graft/nodes/sdk'
import { costWeightedAccuracy } from './cost-weighted-accuracy.js'

export default definePlugin({ nodes: [costWeightedAccuracy] })
