import { runProgram } from '../cli/program.js'
import { stubSurroundings } from './stub-surroundings.js'

// The command line over stub nodes; started by tests.
process.exitCode = await runProgram(process.argv.slice(2), stubSurroundings)
