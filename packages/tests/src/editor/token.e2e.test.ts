import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, useEditor, waitForRun } from './editor-under-test.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.warn(`The editor is not tested: ${editorCannotRun}.`)

const token = 'correct-horse-battery-staple-0123456789'

describe.skipIf(editorCannotRun !== null)('a runner with a token', () => {
  const editor = useEditor(() => {
    const file = join(mkdtempSync(join(tmpdir(), 'graft-token-')), 'token')
    writeFileSync(file, token)
    return ['--token-file', file]
  }, 300_000)

  test('asks for it, refuses a wrong one, and shows images that an <img> alone could not get; the token is in no address', {
    timeout: 300_000,
  }, async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await page.getByLabel('Token').fill('something else')
    await page.getByRole('button', { name: 'Open Graft' }).click()
    await page.getByRole('alert').filter({ hasText: 'not this server’s token' }).waitFor()
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Open Graft' }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()

    await openShortTemplate(page, 1)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await waitForRun(page, 'Done')
    const image = page.locator('.card-preview img').first()
    await image.waitFor()
    await expect.poll(() => image.getAttribute('src'), soon).toMatch(/^blob:/)
    expect(
      await image.evaluate((element) =>
        (element as HTMLImageElement).decode().then(() => (element as HTMLImageElement).naturalWidth),
      ),
    ).toBeGreaterThan(0)
    const thumbnail = addresses.find((address) => address.includes('/thumbnail')) ?? 'none'
    expect((await fetch(thumbnail)).status).toBe(401)
    expect(
      (await fetch(thumbnail, { headers: { authorization: `Bearer ${token}` } })).headers.get('content-type'),
    ).toBe('image/jpeg')
    expect(addresses.filter((address) => address.includes(token))).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })
})
