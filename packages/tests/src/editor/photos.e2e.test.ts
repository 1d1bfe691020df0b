import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, realData, useEditor } from './editor-under-test.js'
import { lookAround } from './look-around.js'
import { soon } from './rest.js'

const hymenoptera = join(realData, 'hymenoptera')
const cannotRun = editorCannotRun ?? (existsSync(hymenoptera) ? null : `there are no photos at ${hymenoptera}`)
if (cannotRun !== null) console.log(`Skipping the dialogue for own photos: ${cannotRun}.`)

describe.skipIf(cannotRun !== null)('use my photos', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('leads from the start page to a result above 0.92 in at most 9 clicks, without typing', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    let clicks = 0
    const click = async (target: ReturnType<typeof page.getByRole>): Promise<void> => {
      clicks += 1
      await target.click()
    }
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await click(page.getByRole('button', { name: 'Use my photos…' }))
    await look('photos empty')
    await click(dialog.getByRole('button', { name: 'Browse folders' }))
    const folders = page.getByRole('dialog', { name: 'Choose a folder' })
    await click(folders.getByRole('button', { name: 'hymenoptera' }))
    await click(folders.getByRole('button', { name: 'Use this folder' }))
    await dialog.getByText('Suggested').waitFor()
    await expect
      .poll(() => dialog.getByRole('radio', { name: /^Your photos\s*Suggested/ }).isChecked(), soon)
      .toBe(true)
    await click(dialog.getByRole('radio', { name: /mobilenet/i }).first())
    await look('photos filled in')
    await click(dialog.getByRole('button', { name: 'Open the graph' }))
    await page.getByRole('button', { name: 'No problems' }).waitFor()
    await click(page.getByRole('button', { name: 'Run', exact: true }))
    await page.getByRole('tab', { name: 'Results', selected: true }).waitFor({ timeout: 180_000 })
    const score = page.getByText(/% (validation|test) accuracy/).first()
    await expect.poll(async () => Number.parseFloat(await score.innerText()), soon).toBeGreaterThan(92)
    expect(clicks).toBeLessThanOrEqual(9)
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })

  test('leads from a result that is no better than guessing to a better network, by what the page says', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await page.getByRole('button', { name: 'Use my photos…' }).click()
    await dialog.getByRole('button', { name: 'Browse folders' }).click()
    const folders = page.getByRole('dialog', { name: 'Choose a folder' })
    await folders.getByRole('button', { name: 'hymenoptera' }).click()
    await folders.getByRole('button', { name: 'Use this folder' }).click()
    await dialog.getByRole('radio', { name: /pictograms/ }).check()
    await dialog.getByText('This network knows generated pictograms').waitFor()
    await dialog.getByRole('button', { name: 'Open the graph' }).click()
    await page.getByRole('button', { name: 'No problems' }).waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText(/not (clearly|much) better than always answering/).waitFor({ timeout: 180_000 })
    await look('no better than guessing')
    await page.getByText('The network was trained on generated pictograms').first().waitFor()
    await page.getByRole('button', { name: /^Use .*mobilenet_v1/ }).click()
    await page.getByText('The graph starts from another network now.').waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText(/9\d\.\d% validation accuracy/).waitFor({ timeout: 180_000 })
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })

  test('sends a folder from the person’s own computer; sending it again offers the one there, replacing and both', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const parent = mkdtempSync(join(tmpdir(), 'graft-photos-'))
    const folder = join(parent, 'Field photos 2024')
    for (const name of ['ants', 'bees'])
      for (const file of readdirSync(join(hymenoptera, 'val', name)).slice(0, 6))
        cpSync(join(hymenoptera, 'val', name, file), join(folder, name, file))
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    const sendIt = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Use my photos…' }).click()
      await dialog.getByLabel('Folder with images').setInputFiles(folder)
    }
    await sendIt()
    await dialog.getByText('12 images in 2 classes').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await sendIt()
    await dialog.getByRole('button', { name: 'Use the one there' }).click()
    await dialog.getByText('12 images in 2 classes').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await sendIt()
    await dialog.getByRole('button', { name: 'Keep both' }).click()
    await dialog.getByText('Field photos 2024 2').waitFor()
    await dialog.getByText('12 images in 2 classes').waitFor()
    await dialog.getByRole('button', { name: 'Choose a network by name…' }).click()
    await page.getByRole('dialog', { name: 'Choose a network' }).getByRole('option').first().click()
    await dialog.getByText('or by the first run').waitFor()
    await dialog.getByRole('button', { name: 'Open the graph' }).click()
    await page.locator('.react-flow__node', { hasText: 'Field photos 2024 2' }).first().waitFor()
    expect(complaints).toEqual([])
    await context.close()
    rmSync(parent, { recursive: true, force: true })
  })
})
