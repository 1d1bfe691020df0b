import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { withSettings } from '../parity/network-graph.js'
import { programParts } from './python.js'
import { writeCases } from './written-cases.js'
import { writeFiles } from './write-files.js'

const ruff = process.env['GRAFT_RUFF'] ?? 'ruff'
const mypy = process.env['GRAFT_MYPY'] ?? 'mypy'
const isThere = (tool: string, how: string): boolean => {
  const there = spawnSync(tool, ['--version']).status === 0
  if (!there) console.log(`skipped: there is no ${tool} (${how})`)
  return there
}
// mypy reads the types of this one's PyTorch, wherever it is installed itself.
const python = '/usr/bin/python3'
const hasMypy = isThere(mypy, 'apt-get install mypy') && spawnSync(python, ['-c', 'import torch']).status === 0
const hasRuff = isThere(ruff, 'pip install ruff')

/** What a linter said of a folder; empty where it had nothing to say. */
function remarks(tool: string, words: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(tool, words, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 })
  return status === 0 ? '' : `${stdout}${stderr}`
}

describe.skipIf(!hasMypy && !hasRuff)('linters of Python on exported programs', () => {
  const workplace = new Workplace()
  const folders = ['single-label', 'multi-label'].map((task) => join(workplace.directory, task))
  beforeAll(async () => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    const templates = ['small-different', 'several-objects']
    for (const [index, folder] of folders.entries()) {
      mkdirSync(folder)
      await writeFiles(withSettings(templates[index] ?? '', {}), workplace.directory, folder)
      // Those that only some graphs need.
      for (const part of readdirSync(programParts).filter((name) => name.endsWith('.py')))
        cpSync(join(programParts, part), join(folder, part))
    }
    writeCases(folders[0] ?? '')
  })
  afterAll(() => {
    workplace.remove()
    vi.unstubAllEnvs()
  })

  it.skipIf(!hasRuff)('ruff finds nothing in them, nor in any network of the conformance suite', () => {
    for (const folder of folders) expect(remarks(ruff, ['check', '.'], folder)).toBe('')
  })

  it.skipIf(!hasMypy)(
    'mypy finds nothing in them, nor in any network of the conformance suite, as strict as their pyproject.toml has it',
    () => {
      // What it has learned of PyTorch and NumPy, which is most of its work, is good for the next time.
      const cache = process.env['GRAFT_MYPY_CACHE'] ?? join(tmpdir(), 'graft-mypy')
      const words = ['--python-executable', python, '--cache-dir', cache, '.']
      for (const folder of folders) expect(remarks(mypy, words, folder)).toBe('')
    },
    900_000,
  )
})
