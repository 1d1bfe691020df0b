export {
  hasNamesOf,
  type LeftByRun,
  readProgramCheckpoint,
  takeUp,
  type TakenUp,
  writeProgramCheckpoint,
} from './checkpoint/program-checkpoint.js'
export { programTransforms } from './files/augmentation.js'
export { programFiles, type ProgramFiles, writeProgram } from './files/write-program.js'
export { modelFile } from './network/model-file.js'
export { torchOperators } from './network/operators/index.js'
export { asWritten, fromStateDict, stateDict, type TorchNetwork, torchNetwork } from './network/torch-network.js'
export { type PlanOptions, planProgram } from './plan/plan-program.js'
export type { ProgramPhase, ProgramPlan, ProgramSource } from './plan/program-plan.js'
export { recordedTypes, type Recording, recordingLibrary } from './plan/record.js'
