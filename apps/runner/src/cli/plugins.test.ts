import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makePlugin } from '../plugins/testing/make-plugin.js'
import { isolationTools } from '../plugins/host/isolation-tools.js'
import { callStubGraft } from '../testing/call-graft.js'
import { graphOf } from '../testing/run-stub-graph.js'
import { spawnStubGraft } from '../testing/spawn-graft.js'

const newHome = (): string => mkdtempSync(join(tmpdir(), 'graft-cli-plugins-'))

afterEach(() => void vi.unstubAllEnvs())

describe('plugins on the command line', () => {
  it('are added after approval, listed, run in graphs, recorded in them and removed', async () => {
    const home = newHome()
    vi.stubEnv('GRAFT_HOME', home)
    const folder = makePlugin('numbers', { run: 'return { value: 41 }', permissions: { network: true } })
    expect(await callStubGraft(['plugin', 'add', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The plugin needs your approval') as string,
    })
    const added = await callStubGraft(['plugin', 'add', folder, '--yes'])
    expect(added.stdout).toContain('USES THE NETWORK')
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('Its nodes: numbers/gives.') as string })
    expect((await callStubGraft(['nodes'])).stdout).toContain('numbers/gives')

    const path = join(home, 'my.graft.json')
    writeFileSync(
      path,
      JSON.stringify(
        graphOf({ n: { type: 'numbers/gives' }, add: { type: 'sum', params: { plus: 1 } }, out: { type: 'write' } }, [
          'n.value -> add.terms',
          'add.value -> out.value',
        ]),
      ),
    )
    expect((await callStubGraft(['plugin', 'record', path])).stdout).toContain('needs numbers ^1.0.0')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ requires: { numbers: '^1.0.0' } })
    expect(await spawnStubGraft(['run', path, '--out', 'out'], home)).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(home, 'out', 'number.txt'), 'utf8')).toBe('42')

    appendFileSync(join(home, 'plugins', 'numbers', 'index.js'), '\n// changed')
    const changed = await callStubGraft(['validate', path])
    expect(changed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Plugin "numbers" 1.0.0 has changed since it was approved') as string,
    })
    expect(changed.stdout).toContain(
      'The graph needs plugin "numbers" ^1.0.0, which is not installed (or not approved) here.',
    )
    expect((await callStubGraft(['plugin', 'remove', 'numbers'])).code).toBe(0)
    expect((await callStubGraft(['plugin', 'list'])).stdout).toContain('No plugins are installed.')
  })

  it.skipIf(isolationTools().diesWithParent === null)(
    'end with the process that runs the graph, even when that is killed',
    async () => {
      const home = newHome()
      const run =
        "context.emit({ type: 'log', level: 'info', message: `id=${process.pid} parent=${process.ppid};` }); await new Promise((resolve) => setTimeout(resolve, 100)); for (;;) {}"
      expect((await spawnStubGraft(['plugin', 'add', makePlugin('endless', { run }), '--yes'], home)).code).toBe(0)
      writeFileSync(join(home, 'my.graft.json'), JSON.stringify(graphOf({ n: { type: 'endless/gives' } })))
      let plugin = 0
      const { code, stdout } = await spawnStubGraft(['run', 'my.graft.json', '--json'], home, (text) => {
        const said = /id=(\d+) parent=(\d+);/.exec(text)
        if (said === null || plugin !== 0) return
        plugin = Number(said[1])
        process.kill(Number(said[2]), 'SIGKILL')
      })
      expect(code).toBe(1)
      expect(stdout).toContain('while \\"n\\" was running')
      expect(await isGone(plugin)).toBe(true)
    },
  )
})

async function isGone(id: number): Promise<boolean> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    try {
      process.kill(id, 0)
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  process.kill(id, 'SIGKILL')
  return false
}
