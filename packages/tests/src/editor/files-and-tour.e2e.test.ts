/// <reference lib="dom" />
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, realData, useEditor, waitForRun } from './editor-under-test.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)
const photos = join(realData, 'hymenoptera/train')
if (!existsSync(photos)) console.log(`Skipping the tour's end-to-end test: there are no photos at ${photos}.`)

describe.skipIf(editorCannotRun !== null)('files and the tour', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('a graph file, a report page and an exported model dropped on the canvas open their graph; another file is refused with the reason', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openShortTemplate(page, 3)
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await page.getByRole('tab', { name: 'Results' }).click()
    const files = [await download(page, 'Download model.onnx'), await download(page, 'Download Small and similar')]
    await drop(
      page,
      'by-hand.graft.json',
      Buffer.from(
        JSON.stringify({
          format: 'graft-graph',
          version: 1,
          name: 'Written by hand',
          nodes: { images: { type: 'sample-data', version: 1, params: {} } },
          edges: [],
        }),
      ),
    )
    await page.getByText('Written by hand').first().waitFor()
    await expect.poll(() => page.locator('.react-flow__node').count(), soon).toBe(1)
    for (const { name, bytes } of files) {
      await drop(page, name, bytes)
      await page.locator('.react-flow__node[data-id="train"]').waitFor()
      await page.locator('.react-flow__node[data-id="train"] .card-header').dispatchEvent('click')
      const epochs = page.getByRole('spinbutton', { name: 'Epochs', exact: true })
      await expect.poll(() => epochs.inputValue(), { ...soon, message: name }).toBe('3')
      await drop(
        page,
        'by-hand.graft.json',
        Buffer.from(
          JSON.stringify({ format: 'graft-graph', version: 1, name: 'Written by hand', nodes: {}, edges: [] }),
        ),
      )
      await page.locator('.react-flow__node[data-id="train"]').waitFor({ state: 'detached' })
    }
    await drop(page, 'holiday.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]))
    await page.getByText('holiday.jpg contains no Graft graph').first().waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test.skipIf(!existsSync(photos))(
    "the tour ends with a network that tells the person's own, uploaded photos apart better than guessing",
    async () => {
      const folder = ownPhotos(24)
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      await page.getByRole('button', { name: 'Tour' }).click()
      const tour = page.getByRole('region', { name: 'Tour' })
      await tour.getByRole('button', { name: 'Open the pipeline' }).click()
      await tour.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('button', { name: 'Run', exact: true }).click()
      await tour.getByRole('button', { name: 'Now with my photos' }).click({ timeout: 150_000 })
      await tour.getByRole('heading', { name: 'Your folder' }).waitFor()
      await page.getByLabel('Folder with images').setInputFiles(folder)
      await tour.getByRole('heading', { name: 'Train it on your images' }).waitFor({ timeout: 120_000 })
      await page.getByRole('button', { name: 'Run', exact: true }).click()
      await tour.getByRole('heading', { name: 'It’s yours' }).waitFor({ timeout: 150_000 })
      await waitForRun(page, 'Done')
      await page.getByRole('tab', { name: 'Results' }).click()
      const figure = page.locator('.headline-figure').first()
      await expect.poll(async () => Number.parseFloat(await figure.innerText()), soon).toBeGreaterThan(75)
      expect(await page.getByText(/better than always answering/).count()).toBe(0)
      await tour.getByRole('button', { name: 'Done' }).click()
      await tour.waitFor({ state: 'detached' })
      expect(complaints).toEqual([])
      await context.close()
      rmSync(folder, { recursive: true })
    },
  )
})

/** A folder with one folder per class, as a person has it. */
function ownPhotos(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'my-photos-'))
  for (const name of ['ants', 'bees']) {
    mkdirSync(join(folder, name))
    for (const file of readdirSync(join(photos, name))
      .filter((entry) => entry.endsWith('.jpg'))
      .slice(0, count))
      copyFileSync(join(photos, name, file), join(folder, name, file))
  }
  return folder
}

async function download(page: Page, name: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const arrives = page.waitForEvent('download')
  await Promise.race([arrives, page.getByRole('button', { name }).click()])
  const file = await arrives
  return { name: basename(file.suggestedFilename()), bytes: await readFile(await file.path()) }
}

/** As the browser does when a file is let go over the canvas. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name: fileName, text }) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(text), (character) => character.charCodeAt(0))], fileName))
      return data
    },
    { name, text: bytes.toString('base64') },
  )
  const canvas = page.locator('.react-flow__pane')
  await canvas.dispatchEvent('dragover', { dataTransfer: transfer })
  await canvas.dispatchEvent('drop', { dataTransfer: transfer })
}
