/** The suite for engines, to be held against one in a test: `describeOperators(engine, onnxEngine, conformanceCases, true)`. */
export { conformanceCases } from './conformance-cases.js'
export { describeOperators } from './describe-operators.js'
