export { measureEngine, type MeasureOptions } from './measure-engine.js'
export { type ChildMeasureOptions, measureInChild } from './measure-in-child.js'
