/// <reference lib="dom" />
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, realData, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, fieldOf } from './hands.js'

const hymenoptera = join(realData, 'hymenoptera')
const cannotRun = editorCannotRun ?? (existsSync(hymenoptera) ? null : `there are no photos at ${hymenoptera}`)
if (cannotRun !== null) console.log(`Skipping the tests of folders: ${cannotRun}.`)

describe.skipIf(cannotRun !== null)('a folder of photos', { timeout: 300_000 }, () => {
  const editor = useEditor()
  const parent = mkdtempSync(join(tmpdir(), 'graft-dropped-'))
  const folder = join(parent, 'Field photos 2024')
  if (cannotRun === null)
    for (const name of ['ants', 'bees'])
      for (const file of readdirSync(join(hymenoptera, 'val', name)).slice(0, 5))
        cpSync(join(hymenoptera, 'val', name, file), join(folder, name, file))
  afterAll(() => rmSync(parent, { recursive: true, force: true }))

  test('dropped on the start page or on the canvas begins the dialogue with its images', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await page.getByRole('button', { name: 'Empty graph' }).waitFor()
    await dropFolder(page, folder, { x: 700, y: 300 })
    await dialog.getByText('10 images in 2 classes').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Empty graph' }).click()
    await page.locator('.react-flow__pane').waitFor()
    await dropFolder(page, folder, { x: 700, y: 500 })
    await dialog.getByRole('button', { name: 'Use the one there' }).click()
    await dialog.getByText('10 images in 2 classes').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dropFolder(page, folder, { x: 60, y: 20 })
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor()
    expect(page.url()).toContain(editor.runner.address)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('that was wrong and is right now is an error no longer: not at the field, not on the node', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: /^Your photos(?!,)/ }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await waitForRun(page, 'Failed')
    await cardOf(page, 'images').locator('.card-header').dispatchEvent('click')
    await fieldOf(page, 'path').getByText('There is no folder').waitFor()
    await cardOf(page, 'images').getByText('Failed').waitFor()
    await fieldOf(page, 'path').locator('input').first().fill(hymenoptera)
    await page.keyboard.press('Tab')
    await cardOf(page, 'images').getByText('Out of date').waitFor()
    await fieldOf(page, 'path').getByText('There is no folder').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await context.close()
  })
})

/** As the browser does when a folder is let go over the page. */
async function dropFolder(page: Page, path: string, place: { readonly x: number; readonly y: number }): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...place, data })
  await session.detach()
}
