export * from './candidate.js'
export * from './test-readers.js'
export * from './trial.js'
