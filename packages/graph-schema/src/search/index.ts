export * from './candidate.js'
export * from './test-readers.js'
export * from './trial.js'
export * from './with-search.js'
