export * from './part-of-graph.js'
export * from './repetitions.js'
export * from './with-repeat.js'
export * from './read-repeat.js'
