import { library, readTemplate, templates } from '@graft/nodes'
import type { RunProcess } from '../process/start-run-process.js'
import { watchOutput } from './output-gone.js'
import { runProgram } from './program.js'

/**
 * The `graft` command with everything that is built in; `runProcess` is that of a run, if one was started early. Gives
 * the exit code.
 */
export function main(words: readonly string[], runProcess?: RunProcess): Promise<number> {
  watchOutput()
  return runProgram(words, {
    library,
    templates,
    readTemplate,
    runProcess,
    runProgram: new URL('../process/run-child.js', import.meta.url),
    helperProgram: new URL('../helper/helper-child.js', import.meta.url),
  })
}
