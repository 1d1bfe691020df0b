export * from './answers.js'
export * from './compare-paired.js'
export * from './shared-evaluation.js'
export * from './verdict-on-difference.js'
