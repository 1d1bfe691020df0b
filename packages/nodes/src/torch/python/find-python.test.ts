import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findPythons, glimpseTorch, installedPythons } from './find-python.js'
import { probePython, probePythons } from './probe-python.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A program in an environment of its own. */
function program(name: string, text: string): string {
  const path = join(folder, name, 'bin', 'python3')
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('finding a Python', () => {
  it('takes the one that is named and no other, also where it is missing', () => {
    const named = program('named', 'exit 0')
    expect(findPythons({ GRAFT_PYTHON: named, PATH: '/usr/bin' })).toEqual([{ path: named, named: true }])
    expect(findPythons({ GRAFT_PYTHON: '/nowhere/python' })).toEqual([{ path: '/nowhere/python', named: true }])
  })

  it('looks into an active environment before the path, at each once', () => {
    const active = program('active', 'exit 0')
    const paths = findPythons({ VIRTUAL_ENV: join(folder, 'active'), PATH: join(active, '..') }).map(({ path }) => path)
    expect(paths[0]).toBe(active)
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('tells PyTorch and its version from files, without starting anything', () => {
    const path = program('glimpsed', 'exit 1')
    expect(glimpseTorch({ GRAFT_PYTHON: path })?.path ?? null).not.toBe(path)
    const before = installedPythons({ GRAFT_PYTHON: path })
    const packages = join(folder, 'glimpsed', 'lib', 'python3', 'site-packages', 'torch')
    mkdirSync(packages, { recursive: true })
    writeFileSync(join(packages, 'version.py'), "__version__ = '2.9.1+cpu'\n")
    expect(glimpseTorch({ GRAFT_PYTHON: path })).toEqual({ path, torch: '2.9.1+cpu' })
    expect(installedPythons({ GRAFT_PYTHON: path })).not.toBe(before)
  })

  it('waits no longer than it was told to, and says what each Python lacks', async () => {
    const slow = program('slow', 'sleep 30')
    expect(await probePython(slow, 200)).toEqual({ problem: 'no answer within 0.2 s' })
    const bare = program('bare', 'echo "ModuleNotFoundError: No module named \'torch\'" >&2; exit 1')
    const probed = await probePythons([{ path: bare, named: true }])
    expect(probed).toEqual({
      problem: expect.stringMatching(/bare.*GRAFT_PYTHON.*No module named 'torch'.*pip install torch/) as string,
    })
  })
})
