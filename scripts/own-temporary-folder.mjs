// Set-up of vitest: all temporary files of a run of tests lie in one folder, which is removed at its end. Tests kill
// processes and start many homes; without this a day of them left 20,000 folders in /tmp.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export default function setup() {
  const usual = tmpdir()
  const folder = mkdtempSync(join(usual, 'graft-tests-'))
  // Exports of PyTorch, and what mypy knows of it, take minutes and are kept from run to run.
  process.env.GRAFT_MATRIX_CACHE ??= join(usual, 'graft-matrix')
  process.env.GRAFT_MYPY_CACHE ??= join(usual, 'graft-mypy')
  process.env.TMPDIR = folder
  return () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    } catch (error) {
      // A process that a test has left behind still writes, or a file system is mounted there: no reason to fail.
      console.log(`The temporary folder of the tests stays: ${error.message}`)
    }
  }
}
