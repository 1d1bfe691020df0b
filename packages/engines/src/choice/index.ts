export { chooseEngines, type ChooseOptions, type ChosenEngines, isOpen } from './choose-engines.js'
export { type ChildMeasureOptions, measureInChild } from './measure-in-child.js'
export { type Measurement, type Measurements, openMeasurements, problemKey, speedKey } from './measurements.js'
export { rememberProbe } from './remember-probe.js'
