export { type LayoutGroups, removeGroups, withoutNodes } from './groups.js'
export { prunedLayout } from './pruned-layout.js'
