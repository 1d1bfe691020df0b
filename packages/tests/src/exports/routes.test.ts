import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Batch, measureRanges, onnxEngine, openOnnxFile, openTfjsFile } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import { filesInMemory, type FormatWriter, type LoadedNetwork, readNetwork, writers } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { batchesOf } from './image-batches.js'
import { hasRealData, imagenetSamples, realMobilenet } from './real-photos.js'

/*
 * What a network means survives every way it can take: MobileNet v1 0.75 names 828 of 1,000 photos right, whatever it
 * was written as. Prints a table. Takes 200 photos; GRAFT_ROUTES_PHOTOS=1000 takes all of them, in three minutes.
 * GRAFT_KERAS_PYTHON: also Keras's own files.
 */
const count = Number(process.env['GRAFT_ROUTES_PHOTOS'] ?? 200)
const python = process.env['GRAFT_KERAS_PYTHON'] ?? 'python3'

/** Photos as they are decoded, and prepared for the network. */
interface Photos {
  readonly samples: readonly Sample[]
  readonly batch: Batch
}

/** A way that a network took; gives one value per class and photo. */
interface Route {
  readonly name: string
  answer(photos: Photos): Promise<Float32Array>
  close(): Promise<unknown>
}

async function throughGraft(name: string, { network, tensors }: LoadedNetwork): Promise<Route> {
  const forward = await onnxEngine.forward(network, { tensors })
  return {
    name,
    answer: async ({ batch }) => (await forward.run(batch))[network.output]?.data ?? new Float32Array(),
    close: () => forward.dispose(),
  }
}

/** In the runtime that the file is for, and where Graft reads it, through Graft again. */
async function throughFile(loaded: LoadedNetwork, writer: FormatWriter): Promise<readonly Route[]> {
  const measure = measureRanges(() => batchesOf(loaded.network, imagenetSamples(40)))
  const bytes = await writer.write(loaded.network, loaded.tensors, { measure })
  const again =
    writer.comesBack || writer.runtime === null
      ? [
          await throughGraft(
            `${writer.id}, read by Graft`,
            await readNetwork(filesInMemory({ [`model${writer.extension}`]: bytes })),
          ),
        ]
      : []
  if (writer.runtime === null) return again
  const file = writer.runtime === 'onnxruntime' ? await openOnnxFile(bytes) : await openTfjsFile(bytes)
  const run = async (batch: Parameters<typeof file.run>[0]): Promise<Float32Array> =>
    (await file.run(batch))['probabilities'] ?? new Float32Array()
  const answer = ({ samples, batch }: Photos): Promise<Float32Array> =>
    writer.takes === 'images'
      ? joined(
          samples.map(
            ({ path }) =>
              async () =>
                run(await decoded(path ?? '')),
          ),
        )
      : run(batch)
  return [{ name: `${writer.id}, in ${writer.runtime}`, answer, close: () => file.close() }, ...again]
}

async function joined(parts: readonly (() => Promise<Float32Array>)[]): Promise<Float32Array> {
  const values: number[] = []
  for (const part of parts) values.push(...(await part()))
  return Float32Array.from(values)
}

async function decoded(path: string): Promise<{ shape: number[]; data: Uint8Array }> {
  const image = sharp(path).removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return { shape: [1, info.height, info.width, 3], data: new Uint8Array(data) }
}

/** Keras's own files of the same weights; none where there is no Keras. */
async function throughKeras(): Promise<readonly Route[]> {
  if (spawnSync(python, ['-c', 'import keras, h5py']).status !== 0) {
    console.log(`skipped: ${python} has no Keras; set GRAFT_KERAS_PYTHON to an interpreter that has Keras 3 and h5py`)
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'graft-routes-'))
  const script = fileURLToPath(new URL('../formats/mobilenet_to_keras.py', import.meta.url))
  execFileSync(python, [script, realMobilenet, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
  const routes: Route[] = []
  for (const name of ['mobilenet.h5', 'mobilenet.keras'])
    routes.push(
      await throughGraft(
        `${name} of Keras, read by Graft`,
        await readNetwork(await openModelFiles(join(folder, name))),
      ),
    )
  rmSync(folder, { recursive: true })
  return routes
}

/** How many photos each route names right. */
async function namedRight(loaded: LoadedNetwork, routes: readonly Route[]): Promise<ReadonlyMap<string, number>> {
  const samples = imagenetSamples(count)
  const right = new Map(routes.map(({ name }) => [name, 0]))
  let first = 0
  for await (const batch of batchesOf(loaded.network, samples)) {
    const photos = { samples: samples.slice(first, first + 8), batch }
    for (const { name, answer } of routes) {
      const values = await answer(photos)
      const width = values.length / photos.samples.length
      photos.samples.forEach(({ label }, index) => {
        const row = values.subarray(index * width, (index + 1) * width)
        if (row.indexOf(Math.max(...row)) === label) right.set(name, (right.get(name) ?? 0) + 1)
      })
    }
    first += 8
  }
  return right
}

describe.skipIf(!hasRealData)('MobileNet v1 0.75', () => {
  it(`names as many of ${count} photos right on every route`, { timeout: 3600_000 }, async () => {
    const loaded = await readNetwork(await openModelFiles(realMobilenet))
    const routes: Route[] = [await throughGraft('the network itself', loaded), ...(await throughKeras())]
    const refused: string[] = []
    for (const writer of writers)
      try {
        routes.push(...(await throughFile(loaded, writer)))
      } catch (error) {
        refused.push(`${writer.id}: ${error instanceof Error ? error.message : String(error)}`)
      }
    const right = await namedRight(loaded, routes)
    await Promise.all(routes.map((route) => route.close()))
    console.log([...right].map(([name, number]) => `${name.padEnd(38)} ${number} of ${count}`).join('\n'))
    console.log(refused.join('\n'))
    const own = right.get('the network itself') ?? NaN
    if (count === 1000) expect(Math.abs(own - 828)).toBeLessThanOrEqual(3)
    for (const [name, number] of right)
      expect(Math.abs(number - own), name).toBeLessThanOrEqual(
        name.startsWith('onnx-int8') ? Math.max(2, count / 100) : 3,
      )
    // It is none of PyTorch's networks: only that is refused.
    expect(refused.map((line) => line.split(':')[0])).toEqual(['safetensors-pytorch', 'pytorch'])
  })
})
