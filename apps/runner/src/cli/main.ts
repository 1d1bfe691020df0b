import { library, readTemplate, templates } from '@graft/nodes'
import { runProgram } from './program.js'

/** The `graft` command with everything that is built in. Gives the exit code. */
export function main(words: readonly string[]): Promise<number> {
  return runProgram(words, { library, templates, readTemplate, runProgram: new URL('../process/run-child.js', import.meta.url) })
}
