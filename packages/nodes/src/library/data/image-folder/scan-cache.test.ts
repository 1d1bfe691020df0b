import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkFiles } from './check-files.js'
import { openScanCache } from './scan-cache.js'

let cacheDirectory: string
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'graft-scan-'))
})
afterEach(() => rm(cacheDirectory, { recursive: true, force: true }))

const own = new URL(import.meta.url).pathname
const files = Array.from({ length: 1300 }, (_, index) => ({
  id: `a/${index}.txt2`,
  path: own,
  size: 1,
  state: `${index}`,
}))

describe('checking a large folder (fault 24)', () => {
  it('keeps what was done when it is ended in the middle, so that the next one goes on from there', async () => {
    const end = new AbortController()
    const first = checkFiles(files, {
      gifs: 'skip',
      cache: await openScanCache({ cacheDirectory }, '/data', '1'),
      signal: end.signal,
      // As when the process is killed: nobody saves at the end.
      onProgress: (done) => (done === 1200 ? end.abort() : undefined),
    })
    await expect(first).rejects.toThrow()
    const next = await openScanCache({ cacheDirectory }, '/data', '1')
    const known = files.filter((file) => next.get(file) !== undefined)
    expect(known.length).toBeGreaterThanOrEqual(1000)
  })
})
