import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer } from '../../testing/in-process-server.js'
import type { TestServer } from '../../testing/in-process-server.js'
import { makeZip } from '../../testing/make-zip.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const content = new TextEncoder().encode('an image, nearly')

describe('an upload whose name is taken', () => {
  const send = (existing: string, image: string) =>
    server.send('POST', `/api/v1/data/upload?name=again&existing=${existing}`, {
      headers: { 'content-type': 'application/zip' },
      body: makeZip([{ name: `cats/${image}`, content }]),
    })
  const images = (path: string): readonly string[] => readdirSync(join(path, 'cats'))

  it('is refused, replaces the one there or gets a name of its own, as asked', async () => {
    const first = await send('refuse', '1.jpg')
    const { path } = JSON.parse(first.body.toString()) as { path: string }
    expect((await send('refuse', '2.jpg')).status).toBe(409)
    expect(images(path)).toEqual(['1.jpg'])
    const second = JSON.parse((await send('rename', '2.jpg')).body.toString()) as { path: string }
    expect(second.path).toBe(`${path} 2`)
    expect(images(second.path)).toEqual(['2.jpg'])
    const third = JSON.parse((await send('replace', '3.jpg')).body.toString()) as { path: string }
    expect(third.path).toBe(path)
    expect(images(path)).toEqual(['3.jpg'])
    expect(readdirSync(join(path, '..')).filter((name) => name.startsWith('.upload-'))).toEqual([])
  })
})
