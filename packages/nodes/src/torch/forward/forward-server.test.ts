import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { ForwardServer } from './forward-server.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-server-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(process.platform === 'win32')('a process that runs networks', () => {
  it('waits for as long as a network is open in it, and ends after the last was closed', async () => {
    const python = join(folder, 'python')
    writeFileSync(python, `#!/bin/sh\nwhile read -r line; do echo '{"shape": null}'; done\n`)
    chmodSync(python, 0o755)
    const server = new ForwardServer(python, 1, 20)
    for (const id of [0, 1]) await server.ask({ do: 'open', id, folder, device: 'cpu' })
    await server.ask({ do: 'close', id: 0 })
    await pause(200)
    expect(server.ended).toBe(false)
    await server.ask({ do: 'close', id: 1 })
    await vi.waitFor(() => expect(server.ended).toBe(true), { timeout: 60_000 })
  })
})
