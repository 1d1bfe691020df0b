export { type Enough, measureEngine, type MeasureOptions } from './measure-engine.js'
