import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Python with PyTorch to run programs with; Debian's, unless another is named. */
export const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'

/** The parts of programs that are the same for every graph. */
export const programParts = fileURLToPath(new URL('../../../../nodes/programs/pytorch/', import.meta.url))

/** Whether that Python has PyTorch; says so where it has not. */
export const hasPyTorch = ((): boolean => {
  const has = existsSync(python) && spawnSync(python, ['-c', 'import torch, numpy, PIL']).status === 0
  if (!has) console.log(`skipped: ${python} has no torch, numpy and PIL (apt-get install python3-torchvision)`)
  return has
})()

/** Runs a program; throws with all that it said when it fails. Gives what it printed. */
export function runPython(folder: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, words, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  return stdout
}
