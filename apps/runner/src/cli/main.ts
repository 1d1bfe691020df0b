import { library, readTemplate, templates } from '@graft/nodes'
import { runProgram } from './program.js'

/** The `graft` command with everything that is built in. Gives the exit code. */
export function main(words: readonly string[]): Promise<number> {
  // A reader such as `head` that has had enough is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return runProgram(words, { library, templates, readTemplate, runProgram: new URL('../process/run-child.js', import.meta.url), helperProgram: new URL('../helper/helper-child.js', import.meta.url) })
}
