import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compiled } from '../testing/spawn-graft.js'
import { limitBehind, readProcessLimits } from './process-limits.js'

const limits = readProcessLimits(
  'Limit                     Soft Limit           Hard Limit           Units\nMax open files            28                   1024                 files\nMax address space         2147483648           unlimited            bytes\n',
)

describe('small limits (fault 10)', () => {
  it.each([
    ['EMFILE: too many open files, open /x', /open 28 files at once.*ulimit -n/],
    ['Too many open files (os error 24)', /open 28 files at once/],
    ['ConnectionFailed("Unable to open connection to local database /x/graft.db: 14")', /open 28 files at once/],
    ['was ended by the system (SIGTRAP)', /2\.0 GB of address space.*ulimit -v/],
    ["thread panicked at 'failed to spawn thread: WouldBlock'", /address space/],
    ['ENOMEM: not enough memory', /address space/],
  ])('are named where they are behind an error: %s', (error, said) => {
    expect(limitBehind(error, limits)).toMatch(said)
  })

  it('are not blamed for anything else, nor where there are none', () => {
    expect(limitBehind('ENOSPC: no space left on device', limits)).toBeNull()
    const none = { openFiles: 4096, addressSpace: null }
    expect(limitBehind('ConnectionFailed("Unable to open connection")', none)).toBeNull()
    expect(limitBehind('was ended by the system (SIGTRAP)', none)).toBeNull()
  })

  it.skipIf(process.platform !== 'linux').each([22, 24, 26, 28, 30])(
    'are named by the command itself when it may open %i files',
    { timeout: 60_000 },
    async (files) => {
      const program = fileURLToPath(compiled('testing/stub-graft.js'))
      const home = mkdtempSync(join(tmpdir(), 'graft-limits-'))
      const command = `ulimit -n ${files}; exec "${process.execPath}" "${program}" runs`
      const [code, stderr] = await new Promise<[number | string, string]>((resolve) =>
        execFile('sh', ['-c', command], { env: { ...process.env, GRAFT_HOME: home } }, (error, _, printed) =>
          resolve([error?.code ?? 0, printed]),
        ),
      )
      if (code !== 0) expect(stderr).toMatch(/too many open files|ulimit -n 4096/i)
      expect(stderr).not.toMatch(/disk is not full/)
    },
  )
})
