import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { graphOf } from '../testing/run-stub-graph.js'
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
    ["OS can't spawn worker thread: Resource temporarily unavailable (os error 11)", /address space/],
    ['ENOMEM: not enough memory', /address space/],
    ['BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 196608', /address space/],
    ['pthread_create failed, error code: 12 error msg: Cannot allocate memory', /address space/],
    ['onnxruntime refused the network "a": Exception during initialization: std::bad_alloc.', /address space/],
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
    { timeout: 300_000 },
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

  const blamesAnother =
    /disk is not full|usable image|damaged|bug in the node|fault in the node|defect of Graft|Reinstall the packages|^ +at .*node:internal/m

  it
    .skipIf(process.platform !== 'linux')
    .each([
      ...[20, 28, 32, 40].map((files) => `-n ${files}`),
      ...[1, 1.1, 1.2, 1.35, 1.5, 1.7, 1.8].map((gigabytes) => `-v ${Math.round(gigabytes * 1e6)}`),
    ])('are named by a run from photos to weights under `ulimit %s`', async (limit) => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-limits-'))
    const graph = await writeGraph(folder)
    const program = fileURLToPath(new URL('../../bin/graft.mjs', import.meta.url))
    const run = `"${process.execPath}" "${program}" run "${graph}" --to train --engine onnx --device cpu`
    const environment = { ...process.env, GRAFT_HOME: join(folder, 'home'), NO_COLOR: '1' }
    const [code, printed] = await new Promise<[number | string, string]>((resolve) =>
      execFile('sh', ['-c', `ulimit ${limit}; exec ${run}`], { env: environment }, (error, out, stderr) =>
        resolve([error === null ? 0 : (error.code ?? 'signal'), `${out}\n${stderr}`]),
      ),
    )
    if (code === 0) return
    // Where Node itself has no room, or the database's own threads have none, nothing of ours is asked.
    if (/^# Fatal|FATAL ERROR|Native stack trace/m.test(printed) && !/error/.test(printed.split('Fatal')[0] ?? ''))
      return
    if (code === 'signal' && /can't spawn worker thread/.test(printed)) return
    expect(printed, printed).toMatch(limit.startsWith('-n') ? /ulimit -n/ : /ulimit -v/)
    expect(printed).not.toMatch(blamesAnother)
  })
})

/** A small training on a folder of images. */
async function writeGraph(folder: string): Promise<string> {
  for (const [index, name] of ['dark', 'light'].entries()) {
    mkdirSync(join(folder, 'photos', name), { recursive: true })
    for (let number = 0; number < 10; number++) {
      const background = { r: 60 + 120 * index, g: 90 + number, b: 90 }
      const image = sharp({ create: { width: 32, height: 32, channels: 3, background } })
      await image.png().toFile(join(folder, 'photos', name, `${number}.png`))
    }
  }
  const graph = graphOf(
    {
      images: { type: 'image-folder', params: { path: join(folder, 'photos') } },
      split: { type: 'split' },
      augment: { type: 'augment' },
      backbone: { type: 'load-backbone' },
      strip: { type: 'strip-head' },
      head: { type: 'add-head', params: { classes: 0 } },
      train: { type: 'train', params: { epochs: 1, batchSize: 4 } },
    },
    [
      'images.images -> split.images',
      'split.train -> augment.images',
      'backbone.model -> strip.model',
      'strip.model -> head.model',
      'split.train -> head.images',
      'head.model -> train.model',
      'augment.images -> train.train',
      'split.val -> train.validation',
    ],
  )
  const path = join(folder, 'train.graft.json')
  writeFileSync(path, JSON.stringify(graph))
  return path
}
