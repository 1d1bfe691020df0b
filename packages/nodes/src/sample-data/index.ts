export type { SampleFamily } from './families/family.js'
export * from './render-sample.js'
export * from './sample-sets.js'
