import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import { editorCannotRun, openPage, realData, useEditor } from './editor-under-test.js'
import { cardOf, keyboard, mouse, tabTo } from './hands.js'
import type { Hands } from './hands.js'
import { lookAround } from './look-around.js'

const photos = join(realData, 'hymenoptera', 'val')
const cannotRun = editorCannotRun ?? (existsSync(photos) ? null : `there are no photos at ${photos}`)
if (cannotRun !== null) console.log(`Skipping the look at own images: ${cannotRun}.`)

const parent = mkdtempSync(join(tmpdir(), 'graft-look-'))
const folder = join(parent, 'insects')
const patience = 120_000

describe.skipIf(cannotRun !== null)('look at my images', { timeout: 300_000 }, () => {
  beforeAll(() => {
    for (const name of ['ants', 'bees'])
      for (const file of readdirSync(join(photos, name)).slice(0, 15))
        cpSync(join(photos, name, file), join(folder, name, file))
  })
  afterAll(() => rmSync(parent, { recursive: true, force: true }))
  const editor = useEditor(() => ['--data-root', parent])

  const chooseFolder = async (page: Page, hands: Hands, places: Locator, last: string): Promise<void> => {
    await hands.press(page, places.getByRole('button', { name: parent.split('/').at(-1) ?? '' }).first())
    await hands.press(page, places.getByRole('button', { name: 'insects' }))
    await hands.press(page, places.getByRole('button', { name: last }))
  }
  const answer = (page: Page): Locator => page.getByRole('region', { name: 'What to do' })
  const useIt = async (page: Page, hands: Hands): Promise<void> => {
    await hands.press(page, answer(page).getByRole('button', { name: 'Use this', exact: true }))
    await cardOf(page, 'train').waitFor()
    await page.getByRole('button', { name: 'No problems' }).waitFor()
    await hands.command(page, 'Undo')
    await cardOf(page, 'train').waitFor({ state: 'detached' })
    await cardOf(page, 'advisor').waitFor()
    await hands.command(page, 'Redo')
    await cardOf(page, 'train').waitFor()
  }

  test('leads from the start page to a recommendation in at most 4 clicks, and to a graph that undo takes back', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    let clicks = 0
    const counting: Hands = {
      ...mouse,
      press: (on, control) => {
        clicks += 1
        return mouse.press(on, control)
      },
    }
    await counting.press(page, page.getByRole('button', { name: 'Look at my images…' }))
    const dialog = page.getByRole('dialog', { name: 'Look at my images' })
    await chooseFolder(page, counting, dialog, 'Look at “insects”')
    await answer(page).waitFor({ timeout: patience })
    expect(clicks).toBeLessThanOrEqual(4)
    await look('advice')
    await useIt(page, mouse)
    // The picker of the cut knows what was measured.
    await mouse.select(page, 'strip')
    await page.locator('#inspector').getByText('Accuracy, head on this stage').waitFor()
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })

  test('leads from one’s photos and a network that one chose to the same, by keys alone', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await keyboard.press(page, page.getByRole('button', { name: 'Use my photos…' }))
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await keyboard.press(page, dialog.getByRole('button', { name: 'Browse folders' }))
    await chooseFolder(page, keyboard, page.getByRole('dialog', { name: 'Choose a folder' }), 'Use this folder')
    const networks = dialog.getByRole('radiogroup', { name: 'Network' })
    await tabTo(page, networks.getByRole('radio', { checked: true }))
    const wanted = networks.getByRole('radio', { name: /pictograms/ })
    for (let step = 0; step < 20 && !(await wanted.isChecked()); step++) await page.keyboard.press('ArrowDown')
    await keyboard.press(page, dialog.getByRole('button', { name: 'Look at my images' }))
    await answer(page).waitFor({ timeout: patience })
    await keyboard.press(page, page.getByRole('button', { name: 'Try fine-tuning too' }))
    await page.getByRole('cell', { name: /^Tried briefly/ }).waitFor({ timeout: patience })
    await useIt(page, keyboard)
    expect(complaints).toEqual([])
    await context.close()
  })
})
