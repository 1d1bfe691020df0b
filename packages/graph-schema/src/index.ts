export * from './ports.js'
export type * from './problem.js'
export type * from './values.js'
export * from './events.js'
