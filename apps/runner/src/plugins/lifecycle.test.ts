import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addPlugin, removePlugin } from './install/add-plugin.js'
import type { AddPluginOptions } from './install/add-plugin.js'
import type { PluginRecord } from './install/records.js'
import { listPlugins } from './list-plugins.js'
import { loadPlugins } from './load-plugins.js'
import { makePlugin } from './testing/make-plugin.js'

const newHome = (): { readonly root: string } => ({ root: mkdtempSync(join(tmpdir(), 'graft-home-')) })
const add = (
  home: { readonly root: string },
  given: string,
  changes: Partial<AddPluginOptions> = {},
): Promise<PluginRecord | null> =>
  addPlugin({ home, given, link: false, replace: false, approve: async () => true, ...changes })
const typesIn = async (home: { readonly root: string }): Promise<string[]> =>
  (await loadPlugins({ home })).definitions.map(({ type }) => type)

describe('a plugin', () => {
  it('is used once it is approved, and not before', async () => {
    const home = newHome()
    const asked: unknown[] = []
    const approve: AddPluginOptions['approve'] = async (manifest, origin, before) => {
      asked.push([manifest.permissions.network, origin, before])
      return false
    }
    const folder = makePlugin('numbers', { permissions: { network: true } })
    expect(await add(home, folder, { approve })).toBeNull()
    expect(asked).toEqual([[true, folder, null]])
    expect(await typesIn(home)).toEqual([])
    await add(home, folder)
    expect(await typesIn(home)).toEqual(['numbers/gives'])
  })

  it('runs none of its code before it is approved', async () => {
    const trace = join(mkdtempSync(join(tmpdir(), 'graft-trace-')), 'ran')
    const folder = makePlugin('eager', {
      before: `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(trace)}, 'x')`,
    })
    await add(newHome(), folder, { approve: async () => false })
    expect(existsSync(trace)).toBe(false)
    await expect(add(newHome(), folder)).rejects.toThrow(
      /Plugin "eager" 1\.0\.0 tried to write .*ran, which it was not permitted to/,
    )
  })

  it('is not used any more when its content changes, until it is approved again', async () => {
    const home = newHome()
    const folder = makePlugin('numbers')
    await add(home, folder)
    appendFileSync(join(home.root, 'plugins', 'numbers', 'index.js'), '\n// changed')
    const { definitions, problems } = await loadPlugins({ home })
    expect(definitions).toEqual([])
    expect(problems).toMatchObject([
      {
        code: 'plugin-changed',
        severity: 'warning',
        message: 'Plugin "numbers" 1.0.0 has changed since it was approved, so it isn\'t used.',
      },
    ])
    expect(await listPlugins({ home })).toMatchObject([{ name: 'numbers', problem: { code: 'plugin-changed' } }])
    await add(home, folder)
    expect(await typesIn(home)).toEqual(['numbers/gives'])
  })

  it('is used where it is developed when it is linked, and needs approval after every change', async () => {
    const home = newHome()
    const folder = makePlugin('numbers')
    await add(home, folder, { link: true })
    expect(await typesIn(home)).toEqual(['numbers/gives'])
    appendFileSync(join(folder, 'index.js'), '\n// changed')
    expect((await loadPlugins({ home })).problems).toMatchObject([{ code: 'plugin-changed' }])
    await removePlugin(home, 'numbers')
    expect(existsSync(folder)).toBe(true)
  })

  it('lying in the folder without an approval is named and not used', async () => {
    const home = newHome()
    await add(home, makePlugin('numbers'))
    rmSync(join(home.root, 'plugins', 'numbers.json'))
    expect((await loadPlugins({ home })).problems).toMatchObject([{ code: 'plugin-not-approved' }])
    await removePlugin(home, 'numbers')
    expect(await loadPlugins({ home })).toMatchObject({ definitions: [], problems: [] })
    await expect(removePlugin(home, 'numbers')).rejects.toThrow('There is no plugin "numbers".')
  })

  it("of a name that is taken is refused with both origins, unless it is to take the other's place", async () => {
    const home = newHome()
    const [first, second] = [makePlugin('numbers'), makePlugin('numbers', { version: '2.0.0' })]
    await add(home, first)
    await expect(add(home, second)).rejects.toThrow(
      `There is a plugin "numbers" already: version 1.0.0 from ${first}; this one comes from ${second}.`,
    )
    expect(await add(home, second, { replace: true })).toMatchObject({ version: '2.0.0' })
    expect(await typesIn(home)).toEqual(['numbers/gives'])
  })

  it("can't take the name of a node type that is there already", async () => {
    const home = newHome()
    await add(home, makePlugin('numbers'))
    const library = (await loadPlugins({ home })).definitions
    const { definitions, problems } = await loadPlugins({ home, library })
    expect(definitions).toEqual([])
    expect(problems[0]?.message).toBe(
      'Node type "numbers/gives" of plugin "numbers" 1.0.0 is there already: it comes from plugin "numbers" 1.0.0.',
    )
  })

  it.each<[string, () => string, RegExp]>([
    [
      'without a manifest',
      () => mkdtempSync(join(tmpdir(), 'graft-none-')),
      /is not a plugin: its package\.json has no field "graft"/,
    ],
    [
      'with a permission that does not exist',
      () => makePlugin('p', { permissions: { everything: true } }),
      /"permissions": Unrecognized key: "everything"/,
    ],
    [
      'that asks for a relative path',
      () => makePlugin('p', { permissions: { read: ['../..'] } }),
      /asks to read "\.\.\/\.\."/,
    ],
    [
      'with a main module outside its folder',
      () =>
        makePlugin('p', {
          files: {
            'package.json': JSON.stringify({ name: 'p', version: '1.0.0', graft: { apiVersion: 1, main: '../x.js' } }),
          },
        }),
      /lies outside its folder/,
    ],
    [
      'for a newer API',
      () =>
        makePlugin('p', {
          files: {
            'package.json': JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js', graft: { apiVersion: 2 } }),
          },
        }),
      /written for version 2 of the plugin API/,
    ],
    [
      'with a symbolic link',
      () => {
        const folder = makePlugin('p')
        symlinkSync('/etc', join(folder, 'data'))
        return folder
      },
      /holds a symbolic link: data/,
    ],
    [
      'that exports no plugin',
      () => makePlugin('p', { files: { 'index.js': 'export default 7' } }),
      /Plugin "p" 1\.0\.0 failed: the main module exports no plugin/,
    ],
    [
      'with a syntax error',
      () => makePlugin('p', { before: 'const = 1' }),
      /Plugin "p" 1\.0\.0 (failed: SyntaxError|ended its process)/,
    ],
    [
      'whose node has control characters in its title',
      () => makePlugin('p', { fields: 'title: "\\u001b[2J",' }),
      /describes its nodes wrongly: "nodes\.0\.manifest": holds control characters/,
    ],
    ['that needs an engine', () => makePlugin('p', { fields: 'usesEngine: true,' }), /plugins get no engine/],
    ['that is a name no package can have', () => '--version', /is not the name of a package/],
  ])('%s is refused, and nothing is left behind', async (_what, given, message) => {
    const home = newHome()
    await expect(add(home, given())).rejects.toThrow(message)
    expect(await loadPlugins({ home })).toMatchObject({ definitions: [], problems: [] })
  })
})

describe('a tarball', () => {
  const pack = (folder: string, words: readonly string[] = ['package']): string => {
    const tarball = join(dirname(folder), 'plugin.tgz')
    execFileSync('tar', ['-czf', tarball, '-C', dirname(folder), ...words])
    return tarball
  }

  it("of npm's shape is installed", async () => {
    const home = newHome()
    const folder = makePlugin('packed', { files: { [`${'long-folder-name/'.repeat(8)}deep.txt`]: 'deep' } })
    const record = await add(home, pack(folder, ['packed']))
    expect(record).toMatchObject({ name: 'packed', version: '1.0.0' })
    expect(readFileSync(join(home.root, 'plugins', 'packed', 'long-folder-name/'.repeat(8), 'deep.txt'), 'utf8')).toBe(
      'deep',
    )
  })

  it.each<[string, (folder: string) => string, RegExp]>([
    [
      'that leads out of its folder',
      (folder) => pack(folder, ['--transform', 's,p/index.js,p/../../escaped.js,', '--absolute-names', 'p']),
      /is not a path inside a package/,
    ],
    [
      'with a link',
      (folder) => {
        symlinkSync('/etc/passwd', join(folder, 'link'))
        return pack(folder, ['p'])
      },
      /is a link or a device/,
    ],
    [
      'with one name in two spellings (fault 8)',
      (folder) => {
        writeFileSync(join(folder, 'caf\u00e9.js'), '')
        writeFileSync(join(folder, 'cafe\u0301.js'), '')
        return pack(folder, ['p'])
      },
      /two files called "caf/,
    ],
    [
      'with a file and a folder of one name (fault 8)',
      (folder) => {
        mkdirSync(join(folder, 'b'))
        for (const name of ['a', 'b/inner']) writeFileSync(join(folder, name), '')
        return pack(folder, ['--transform', 's,^p/b/,p/a/,', 'p/package.json', 'p/a', 'p/b/inner'])
      },
      /"a" is both a file and a folder/,
    ],
    [
      'that is none',
      (folder) => {
        writeFileSync(join(folder, 'x.tgz'), 'not a tarball')
        return join(folder, 'x.tgz')
      },
      /it is not a gzipped tar archive/,
    ],
  ])('%s is refused', async (_what, make, message) => {
    await expect(add(newHome(), make(makePlugin('p')))).rejects.toThrow(message)
  })
})
