import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPathResolver } from './resolve-path.js'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'graft-path-')))
mkdirSync(join(base, 'data'))
mkdirSync(join(base, 'database'))
writeFileSync(join(base, 'secret'), '')
symlinkSync(join(base, 'secret'), join(base, 'data', 'link'))
symlinkSync(base, join(base, 'data', 'up'))

describe('paths in a graph', () => {
  it('start at the folder of the graph file, or at the home folder with ~', () => {
    const resolve = createPathResolver({ base })
    expect(resolve('data/a.png')).toBe(join(base, 'data', 'a.png'))
    expect(resolve('~/photos')).toBe(join(homedir(), 'photos'))
    expect(resolve('/somewhere/else')).toBe('/somewhere/else')
  })

  const confined = createPathResolver({ base, roots: [join(base, 'data')] })

  it('stay inside the data roots when there are any', () => {
    expect(confined('data/new/file.png')).toBe(join(base, 'data', 'new', 'file.png'))
    expect(confined('data')).toBe(join(base, 'data'))
  })

  it.each([
    'secret',
    'data/../secret',
    'data/link',
    'data/up/secret',
    'data/up/not-there-yet',
    '/etc/passwd',
    'database',
    'data/\0',
  ])('may not leave them: %j', (path) => {
    expect(() => confined(path)).toThrow(/outside the folders|null character/)
  })
})
