import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer } from '../../testing/in-process-server.js'
import type { TestServer } from '../../testing/in-process-server.js'
import { makeZip } from '../../testing/make-zip.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ limits: { expensivePerSecond: 2 } })
})
afterAll(() => server.close())

const content = new TextEncoder().encode('an image, nearly')
const upload = async (name: string, names: readonly string[]): Promise<number> =>
  (
    await server.send('POST', `/api/v1/data/upload?name=${name}`, {
      headers: { 'content-type': 'application/zip' },
      body: makeZip(names.map((entry) => ({ name: entry, content }))),
    })
  ).status

describe('archives (fault 8)', () => {
  it.each([
    ['a file and then a folder of one name', ['cats/1.jpg', 'cats/1.jpg/2.jpg']],
    ['a folder and then a file of one name', ['cats/1.jpg/2.jpg', 'cats/1.jpg']],
    ['a name spelled with composed and with decomposed letters', ['caf\u00e9/1.jpg', 'cafe\u0301/1.jpg']],
  ])('that hold %s keep the first', async (_, names) => {
    const name = `upload-${names[1]?.length ?? 0}-${names[0]?.length ?? 0}`
    expect(await upload(name, names)).toBeLessThan(300)
    const folder = join(server.home, 'data')
    const found = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
    const inside = found.filter((entry) => entry.isFile() && entry.parentPath.includes(name))
    expect(inside).toHaveLength(1)
  })

  it('of many small entries that unpack to far more than the file are refused (fault 25)', async () => {
    const entries = Array.from({ length: 60 }, (_, index) => ({
      name: `cats/${index}.jpg`,
      content: new Uint8Array(900_000),
    }))
    const headers = { 'content-type': 'application/zip' }
    const answer = await server.send('POST', '/api/v1/data/upload?name=small', { headers, body: makeZip(entries) })
    expect(answer.status, answer.body.toString()).toBe(413)
    expect(answer.body.toString()).toContain('The zip file unpacks to more than 200 times its size')
  })

  it('that unpack the same bytes again and again are refused', async () => {
    const zip = makeZip([{ name: 'cats/1.jpg', content: new Uint8Array(900_000) }])
    const end = zip.length - 22
    const list = zip.subarray(zip.readUInt32LE(end + 16), end)
    const lists = Array.from({ length: 9 }, (_, index) => {
      const copy = Buffer.from(list)
      copy.write(String(index + 1), 46 + 'cats/'.length)
      return copy
    })
    const tail = Buffer.from(zip.subarray(end))
    tail.writeUInt16LE(9, 8)
    tail.writeUInt16LE(9, 10)
    tail.writeUInt32LE(9 * list.length, 12)
    const body = Buffer.concat([zip.subarray(0, zip.readUInt32LE(end + 16)), ...lists, tail])
    const headers = { 'content-type': 'application/zip' }
    const answer = await server.send('POST', '/api/v1/data/upload?name=overlapping', { headers, body })
    expect(answer.status, answer.body.toString()).toBe(400)
    expect(answer.body.toString()).toContain('overlap')
  })
})

describe('the limit on requests that cost much (fault 13)', () => {
  it.each([
    ['GET', ['/API/V1/data/SUMMARY?path=none', '/api/v1/Engines']],
    ['POST', ['/API/V1/RUNS', '/api/v1/Inspect', '/Api/v1/runs/none/PREDICT']],
  ] as const)('holds for %s however the address is spelled', async (method, addresses) => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => server.send(method, addresses[index % addresses.length] ?? '')),
    )
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(20)
  })
})
