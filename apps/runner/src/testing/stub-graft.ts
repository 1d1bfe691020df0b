import { watchOutput } from '../cli/output-gone.js'
import { runProgram } from '../cli/program.js'
import { refuseDebugger } from '../process/no-debugger.js'
import { stubSurroundings } from './stub-surroundings.js'

// The command line over stub nodes; started by tests.
refuseDebugger()
watchOutput()
process.exitCode = await runProgram(process.argv.slice(2), stubSurroundings)
