export type * from './network.js'
export type * from './operator.js'
export * from './weight-format.js'
