import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/in-process-server.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-editor-'))
let server: TestServer
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>the page</title>')
  writeFileSync(join(folder, 'assets', 'part.js'), '// a part')
  server = await startTestServer({ editor: relative(process.cwd(), folder) })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

it.each([
  ['/', 'the page'],
  ['/graphs/abc', 'the page'],
  ['/assets/part.js', 'a part'],
])('a folder given by a path from here is served like another: %s', async (path, text) => {
  const answer = await server.send('GET', path, { headers: { accept: 'text/html' } })
  expect([answer.status, answer.body.toString()]).toEqual([200, expect.stringContaining(text)])
})
