/** Engines for tests, of this package and of those above it. */
export { createFakeEngine } from '../training/testing/fake-engine.js'
export { stubEngine, stubInfo } from './stub-engine.js'
export { createTakingEngine } from './taking-engine.js'
