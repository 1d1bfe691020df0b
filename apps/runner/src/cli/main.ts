import { library, readTemplate, templates } from '@graft/nodes'
import type { RunProcess } from '../process/start-run-process.js'
import { runProgram } from './program.js'

/**
 * The `graft` command with everything that is built in; `runProcess` is that of a run, if one was started early. Gives
 * the exit code.
 */
export function main(words: readonly string[], runProcess?: RunProcess): Promise<number> {
  // A reader such as `head` that has had enough is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return runProgram(words, {
    library,
    templates,
    readTemplate,
    runProcess,
    runProgram: new URL('../process/run-child.js', import.meta.url),
    helperProgram: new URL('../helper/helper-child.js', import.meta.url),
  })
}
