import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { templates } from '@graft/nodes'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, selectNode, useEditor, waitForRun } from './editor-under-test.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

const built =
  process.env['GRAFT_EDITOR'] ?? join(fileURLToPath(new URL('../../../../', import.meta.url)), 'apps/editor/dist')
/** Of compressed JavaScript, in bytes. */
const largestFirstLoad = 350_000

/** What the browser's console calls an error, as it comes. */
function errorsOf(page: Page): readonly string[] {
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => errors.push(error.message))
  return errors
}

describe.skipIf(editorCannotRun !== null)('the page keeps quiet', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('no error in the console while each template is opened and each of its nodes is looked at', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    const errors = errorsOf(page)
    for (const { title } of templates) {
      await page.getByRole('button', { name: new RegExp(`^${title}(?!,)`) }).click()
      await page.locator('.react-flow__node-card').first().waitFor()
      const ids = await page
        .locator('.react-flow__node-card')
        .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-id') ?? ''))
      for (const id of ids) {
        await selectNode(page, id)
        await page.waitForLoadState('networkidle')
        if ((await page.locator('#inspector .path').count()) === 0) continue
        // The templates' folder is not there.
        await page.locator('#inspector .path .network-note').first().waitFor()
        await page.locator('#inspector').getByRole('button', { name: 'Browse…' }).click()
        await page.getByRole('dialog').getByLabel('Path').waitFor()
        await page.waitForLoadState('networkidle')
        await page.keyboard.press('Escape')
      }
      expect(errors, title).toEqual([])
      await page.goto(`${editor.runner.address}/#/`)
    }
    await context.close()
  })

  test('no error in the console while a template runs and its results are looked at', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    const errors = errorsOf(page)
    await openShortTemplate(page, 2)
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    for (const tab of ['Results', 'Training', 'Log', 'Problems']) await page.getByRole('tab', { name: tab }).click()
    await page.getByRole('button', { name: 'History' }).click()
    await page.waitForLoadState('networkidle')
    expect(errors).toEqual([])
    await context.close()
  })

  test(`the first load is under ${largestFirstLoad / 1000} kB of compressed JavaScript`, async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    const sizes = new Map<string, number>()
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (pathname.endsWith('.js'))
        sizes.set(pathname, gzipSync(readFileSync(join(built, pathname)), { level: 9 }).length)
    })
    await page.reload({ waitUntil: 'networkidle' })
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    console.log(`first load: ${Math.round(total / 1000)} kB of compressed JavaScript in ${sizes.size} files`)
    expect(sizes.size).toBeGreaterThan(0)
    expect(total).toBeLessThan(largestFirstLoad)
    await context.close()
  })
})
