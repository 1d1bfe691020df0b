import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { torchOptions } from '../torch-options.js'
import { startGroup } from './process-group.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-group-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(process.platform === 'win32')('a group of processes', () => {
  it('ends the others when one falls, and knows them from the one that fell by itself', async () => {
    const program = join(folder, 'program')
    writeFileSync(program, '#!/bin/sh\n[ "$RANK" = 1 ] && { echo "ValueError: its own" >&2; exit 1; }\nsleep 60\n')
    chmodSync(program, 0o755)
    const group = await startGroup({
      ...{ python: program, threads: 1, words: [], folder, patience: 100 },
      options: torchOptions({ processes: 2 }),
      onLine: async () => null,
    })
    expect((await group.ended).fallen).toEqual([
      { rank: 1, code: 1, signal: null, ended: false, said: 'ValueError: its own\n' },
      { rank: 0, code: null, signal: 'SIGKILL', ended: true, said: '' },
    ])
  })
})
