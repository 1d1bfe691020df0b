import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fillTree } from './mirror.js'
import { mirrorPlaces, tidyMirror, useTree } from './tidy-mirror.js'

const day = 24 * 3600 * 1000
const contents: Readonly<Record<string, Buffer>> = { '/srv/a': Buffer.from('first'), '/srv/b': Buffer.from('second') }
const list = Object.entries(contents).map(([path, bytes]) => ({
  path,
  bytes: bytes.byteLength,
  sha256: createHash('sha256').update(bytes).digest('hex'),
}))
const placesOf = (): ReturnType<typeof mirrorPlaces> => mirrorPlaces(mkdtempSync(join(tmpdir(), 'graft-mirror-')))

async function* parts(paths: readonly string[], breaksAfter = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  for (const [index, path] of paths.entries()) {
    if (index === breaksAfter) throw new TypeError('terminated')
    yield await Promise.resolve(contents[path] ?? Buffer.alloc(0))
  }
}

it('asks again for the files that did not come when an answer breaks off', async () => {
  const places = placesOf()
  const tree = join(places.trees, 'one')
  const asked: (readonly string[])[] = []
  await fillTree(
    list,
    { tree, objects: places.objects },
    (files) => {
      asked.push(files.map(({ path }) => path))
      return Promise.resolve(parts(asked.at(-1) ?? [], asked.length === 1 ? 1 : undefined))
    },
    () => undefined,
  )
  expect(asked).toEqual([['/srv/a', '/srv/b'], ['/srv/b']])
  expect(readFileSync(join(tree, 'srv/b'), 'utf8')).toBe('second')
})

it('leaves files that another worker has just received and not linked yet', async () => {
  const places = placesOf()
  const [old, young] = list
  if (old === undefined || young === undefined) throw new Error('two files were expected')
  const receive = (file: (typeof list)[number], name: string): Promise<void> =>
    fillTree(
      [file],
      { tree: join(places.trees, name), objects: places.objects },
      (files) => Promise.resolve(parts(files.map(({ path }) => path))),
      () => undefined,
    )
  const objectOf = ({ sha256 }: (typeof list)[number]): string => join(places.objects, sha256.slice(0, 2), sha256)
  await useTree(places, 'old')
  await receive(old, 'old')
  await useTree(places, 'young')
  await receive(young, 'young')
  const before = (Date.now() - 2 * day) / 1000
  utimesSync(objectOf(old), before, before)
  for (const name of ['old', 'young']) utimesSync(join(places.trees, `${name}.used`), before, before)
  await tidyMirror(places, 0)
  expect([existsSync(objectOf(old)), existsSync(objectOf(young))]).toEqual([false, true])
})
