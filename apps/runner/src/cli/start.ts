import { refuseDebugger } from '../process/no-debugger.js'
import { startRunProcess } from '../process/start-run-process.js'

/**
 * The `graft` command. A run's process starts while the command itself is still being loaded: both take about as long.
 * Gives the exit code.
 */
export async function start(words: readonly string[]): Promise<number> {
  refuseDebugger()
  const runProcess = runs(words) ? startRunProcess(new URL('../process/run-child.js', import.meta.url)) : undefined
  const { main } = await import('./main.js')
  return main(words, runProcess)
}

const runs = ([command, ...rest]: readonly string[]): boolean =>
  ['run', 'repeat', 'search', 'advise'].includes(command ?? '') &&
  !rest.some((word) => ['-h', '--help', '--in-process'].includes(word))
