import type { NodeDefinition, Template } from '@graft/nodes'
import type { RunProcess } from '../process/start-run-process.js'

/** What the command line works with: the built-in nodes and templates, or those of a test. */
export interface Surroundings {
  readonly library: readonly NodeDefinition[]
  readonly templates: readonly Template[]
  /** A template's document as stored, or null. */
  readTemplate(id: string): unknown
  /** Program of the process that executes a run; it must know the same library. */
  readonly runProgram: URL
  /** Such a process that is starting already. */
  readonly runProcess?: RunProcess | undefined
  /** Program of the server's helper process; likewise. */
  readonly helperProgram: URL
}
