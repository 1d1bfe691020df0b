import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { measureInChild } from './measure-in-child.js'

const engine = { id: 'onnx', device: 'cpu' } as const
const patience = { start: 20_000, figure: 20_000, total: 20_000 }

/** A child that answers as told. */
async function childThat(life: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'graft-measure-')), 'child.mjs')
  await writeFile(path, `process.on('message', request => { ${life} }); process.send({ type: 'ready' })`)
  return path
}

describe('measureInChild', () => {
  it('gathers the figures of a child that measures', async () => {
    const program = await childThat(`
      process.send({ type: 'loaded' })
      process.send({ type: 'figure', name: 'convolution', value: request.id === 'onnx' && request.device === 'cpu' ? 7 : 0 })
      process.send({ type: 'figure', name: 'stepMilliseconds', value: 2 })
      process.send({ type: 'done' })`)
    expect(await measureInChild(engine, { program, patience })).toEqual({
      convolution: 7,
      depthwise: 0,
      matrixProduct: 0,
      stepMilliseconds: 2,
    })
  })

  it('ends a child that blocks, keeps what it gave, and counts the rest as too slow', async () => {
    // From its first figure on there is little time for the next one, however long that took to come.
    const program = await childThat(
      "process.send({ type: 'figure', name: 'convolution', value: 7 }, () => { for (;;); })",
    )
    expect(await measureInChild(engine, { program, patience: { ...patience, figure: 300 } })).toEqual({
      convolution: 7,
      depthwise: 0,
      matrixProduct: 0,
    })
  })

  it('ends a child that takes too long altogether, although each figure comes in time', async () => {
    // The time for all of them begins behind the first one, which is there then.
    const program = await childThat(
      "const tell = () => process.send({ type: 'figure', name: 'depthwise', value: 1 }); tell(); process.send({ type: 'loaded' }); setInterval(tell, 20)",
    )
    expect(await measureInChild(engine, { program, milliseconds: 1, patience: { ...patience, total: 200 } })).toEqual({
      convolution: 0,
      depthwise: 1,
      matrixProduct: 0,
    })
  })

  it('ends a child once there is enough, and counts the rest as too slow', async () => {
    const program = await childThat(
      "process.send({ type: 'loaded' }); for (const name of ['convolution', 'depthwise']) process.send({ type: 'figure', name, value: 7 }); setInterval(() => undefined, 1000)",
    )
    const asked: unknown[] = []
    const enough = (figures: object): boolean => asked.push({ ...figures }) === 2
    expect(await measureInChild(engine, { program, patience, enough })).toEqual({
      convolution: 7,
      depthwise: 7,
      matrixProduct: 0,
    })
    expect(asked).toEqual([{ convolution: 7 }, { convolution: 7, depthwise: 7 }])
  })

  it('throws when the child crashes or says that the engine fails', async () => {
    await expect(measureInChild(engine, { program: await childThat('process.abort()'), patience })).rejects.toThrow(
      /its process ended by itself/,
    )
    await expect(
      measureInChild(engine, {
        program: await childThat("process.send({ type: 'failed', reason: 'no adapter' })"),
        patience,
      }),
    ).rejects.toThrow('no adapter')
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const measuring = measureInChild(engine, {
      program: await childThat('setInterval(() => undefined, 1000)'),
      patience,
      signal: controller.signal,
    })
    controller.abort()
    await expect(measuring).rejects.toMatchObject({ name: 'AbortError' })
  })
})
