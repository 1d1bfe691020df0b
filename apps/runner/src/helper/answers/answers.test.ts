import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, NetworkBuilder, withWeights, writeSafetensors } from '@graft/network'
import { writeSamples } from '@graft/nodes'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findHome } from '../../home.js'
import { openBlobStore } from '../../store/file-blob-store.js'
import { explainImage } from './explain.js'
import { measureFamiliarity } from './familiarity.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-answers-'))
beforeAll(() => void vi.stubEnv('GRAFT_HOME', join(folder, 'home')))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** A network that calls "red" what is red on the mean, and "other" what isn't. */
async function redNetwork(): Promise<unknown> {
  const builder = new NetworkBuilder({ input: { name: 'input', shape: [3, 32, 32] } })
  builder.startStage('body')
  builder.add({ name: 'act', operator: 'Relu' })
  builder.startStage('head')
  builder.add({ name: 'pool', operator: 'GlobalAveragePool' })
  builder.add({ name: 'flat', operator: 'Flatten' })
  const weight = Float32Array.of(8, -8, -8, -8, 8, 8)
  builder.add({
    ...{ name: 'fc', operator: 'Gemm', attributes: { transB: 1 } },
    parameters: { weight: { shape: [2, 3], data: weight }, bias: { shape: [2], data: new Float32Array(2) } },
  })
  const plain = { height: 32, width: 32, interpolation: 'bilinear', channelOrder: 'rgb', cropFraction: 1 } as const
  const network = builder.build({
    name: 'red',
    preprocessing: { ...plain, resize: 'crop', mean: [0, 0, 0], deviation: [1, 1, 1] },
    provenance: { source: 'test', licence: null, history: [] },
    head: { task: 'single-label', names: ['red', 'other'] },
  })
  const store = openBlobStore(findHome().store)
  const { sha256 } = await store.put(writeSafetensors(builder.tensors, {}), 'application/x-safetensors')
  return { kind: 'model', network: withWeights(network, sha256) }
}

let images = 0

/** Of one colour with a square of another. */
async function paint(
  [width, height]: readonly [number, number],
  background: string,
  square: { readonly left: number; readonly top: number; readonly size: number; readonly color: string } | null = null,
): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${images++}.png`)
  const piece = (color: string, w: number, h: number) => ({
    create: { width: w, height: h, channels: 3 as const, background: color },
  })
  const canvas = sharp(piece(background, width, height))
  if (square !== null) {
    const input = await sharp(piece(square.color, square.size, square.size))
      .png()
      .toBuffer()
    canvas.composite([{ input, left: square.left, top: square.top }])
  }
  await canvas.png().toFile(path)
  return path
}

describe('what speaks for a class', () => {
  it('is where the square is, told in parts of the whole image, though the network sees its middle only', async () => {
    // 64 x 32: the network sees the middle half. The square is in its upper left eighth.
    const image = await paint([64, 32], '#003030', { left: 16, top: 0, size: 8, color: '#ff0000' })
    const { cells, ...answer } = await explainImage({ model: await redNetwork(), image, classIndex: 0 }, { last: null })
    expect(answer).toMatchObject({ className: 'red', aspect: 2, seen: { left: 0.25, top: 0, width: 0.5, height: 1 } })
    expect(answer.most.probability).toBeLessThan(answer.probability)
    expect(answer.most.part).toEqual({ left: 0.25, top: 0, width: 0.125, height: 0.25 })
    expect(cells).toHaveLength(8)
    expect(cells[0]?.[0]).toBe(1)
    expect(cells[7]?.[7]).toBeLessThan(0.1)
  })

  it('is nothing in an image of one colour, for any class that there is', async () => {
    const [model, image] = [await redNetwork(), await paint([40, 40], '#804020')]
    const { cells } = await explainImage({ model, image }, { last: null })
    expect(Math.max(...cells.flat())).toBe(0)
    await expect(explainImage({ model, image, classIndex: 2 }, { last: null })).rejects.toThrow('There is no class 2.')
  })
})

describe('whether an image may be of none of the classes', () => {
  it('is told by validation images like those that were learned', async () => {
    const model = await redNetwork()
    const store = openBlobStore(findHome().store)
    const random = createRandom(3)
    const reds = async (count: number) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const [green, blue] = [20 + Math.floor(random() * 30), 20 + Math.floor(random() * 30)]
          const path = await paint([32, 32], `rgb(180, ${green}, ${blue})`)
          return { id: path, path, label: 0, fingerprint: path }
        }),
      )
    const dataset = async (count: number) => ({
      ...({ kind: 'dataset', split: 'val', name: 'reds', task: 'single-label', classNames: ['red', 'other'] } as const),
      ...{ count, countPerClass: [count, 0], transforms: [], skipped: [], provenance: [] },
      samples: await writeSamples(await reds(count), store),
    })
    const about = { model, train: await dataset(40), validation: await dataset(25) }
    const [kept, surroundings] = [{ last: null }, { last: null }]
    const ask = async (color: string) =>
      measureFamiliarity({ ...about, image: await paint([32, 32], color) }, kept, surroundings)
    expect(await ask('rgb(180, 35, 35)')).toMatchObject({ unfamiliar: false, validation: 25, training: 40 })
    expect(await ask('rgb(20, 60, 200)')).toEqual({ unfamiliar: true, asFar: 0, validation: 25, training: 40 })
  })
})
