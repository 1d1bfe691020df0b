export { chooseEngines, type ChooseOptions, type ChosenEngines, isOpen } from './choose-engines.js'
export { type Workload } from './estimate-time.js'
export { type Measurement, type Measurements, problemKey, speedKey } from './measurements.js'
export { rememberProbe } from './remember-probe.js'
export {
  type DeviceChoice,
  type EngineChoice,
  type EngineWish,
  type SelectedEngines,
  selectEngines,
} from './select-engines.js'
