export * from './graft-error.js'
export * from './must.js'
export * from './text-of.js'
