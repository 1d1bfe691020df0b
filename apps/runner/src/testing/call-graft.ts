import { vi } from 'vitest'
import { runProgram } from '../cli/program.js'
import type { Finished } from './spawn-graft.js'
import { stubSurroundings } from './stub-surroundings.js'

/** Calls the command line over stub nodes in this process: for commands that start no run. */
export async function callStubGraft(words: readonly string[]): Promise<Finished> {
  const printed = { stdout: '', stderr: '' }
  const catching = (name: keyof typeof printed): (() => void) => {
    const spy = vi.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += String(text)
      return true
    })
    return () => spy.mockRestore()
  }
  const restore = [catching('stdout'), catching('stderr')]
  try {
    return { code: await runProgram(words, stubSurroundings), ...printed }
  } finally {
    for (const undo of restore) undo()
  }
}
