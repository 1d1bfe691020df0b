// What a plugin may use: `import { definePlugin, defineNode, z } from '@graft/nodes/sdk'`. Kept light: no tensors, no
// image library.
export { z } from 'zod'
export {
  definePlugin,
  definePluginNode as defineNode,
  pluginApiVersion,
  type Plugin,
  type PluginNode,
} from './define-plugin.js'
export type * from './define-node.js'
export type * from './derived-runs.js'
export type * from './node-context.js'
export type * from './port-values.js'
export * from './node-error.js'
export * from './ports.js'
export * from './fields.js'
export * from './manifest.js'
export * from './samples.js'
export * from './progress.js'
export * from './metrics-detail.js'
export type * from './values.js'
