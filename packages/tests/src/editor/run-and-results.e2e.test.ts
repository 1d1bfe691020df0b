import { readFile } from 'node:fs/promises'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { chooseFolder } from './build-a-pipeline.js'
import { editorCannotRun, openPage, realData, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, fieldOf, keyboard, mouse, tabTo, turnTo } from './hands.js'
import type { Hands } from './hands.js'
import { boxAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('running in the editor', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test.each([mouse, keyboard])(
    'a template is run, watched, understood, tried and exported, by $name',
    async (hands) => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      await openTemplate(page, hands, 4)
      await hands.command(page, 'Run')
      await waitForRun(page, 'Done')
      await turnTo(page, hands, 'Training')
      await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor()
      await expect
        .poll(() => page.getByRole('slider', { name: 'Accuracy by epoch' }).getAttribute('aria-valuetext'), soon)
        .toMatch(/epoch 4: training [\d.]+%, validation [\d.]+%/)

      await turnTo(page, hands, 'Results')
      await hands.press(page, page.locator('[data-cell="0-0"]'))
      const dialog = page.getByRole('dialog', { name: /apple: \d+ images recognised/ })
      const image = dialog.locator('.picture-tile img').first()
      await image.waitFor()
      await expect.poll(() => image.getAttribute('src'), soon).toContain('/thumbnail?')
      await hands.press(page, dialog.getByRole('button', { name: 'Close' }))
      await dialog.waitFor({ state: 'detached' })

      const chooser = page.waitForEvent('filechooser')
      await hands.press(page, page.getByRole('button', { name: 'Choose a photo' }))
      await (await chooser).setFiles({
        name: 'photo.png',
        mimeType: 'image/png',
        buffer: await samplePhoto(page, editor.runner.address),
      })
      await page.locator('.bars li').first().waitFor()
      const percentages = (await page.locator('.bar-value').allTextContents()).map((text) => Number.parseFloat(text))
      expect(percentages.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(60)

      expect((await download(page, hands, 'Download model.onnx')).length).toBeGreaterThan(100_000)
      expect(
        (await download(page, hands, 'Download Small and similar')).toString('utf8', 0, 100).toLowerCase(),
      ).toContain('<!doctype html>')
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  test('arrow keys lead through the tabs and the confusion matrix, and the focus comes back to the cell', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page, keyboard, 4)
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await turnTo(page, keyboard, 'Log')
    await turnTo(page, keyboard, 'Results')
    await tabTo(page, page.locator('[data-cell="0-0"]'))
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /butterfly/ })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('[data-cell="1-1"]:focus').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test.each([mouse, keyboard])(
    'a reload in mid-training and a second window show the same run, by $name',
    async (hands) => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      await openTemplate(page, hands, hands.name === 'mouse' ? 10_000 : 9_999)
      await hands.command(page, 'Run')
      await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor({ timeout: 90_000 })
      const before = await lastEpoch(page)
      await page.reload()
      await waitForRun(page, 'Running')
      await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor()
      expect(await lastEpoch(page)).toBeGreaterThanOrEqual(before)
      const second = await context.newPage()
      await second.goto(page.url())
      await waitForRun(second, 'Running')
      await second.getByRole('slider', { name: 'Loss by epoch' }).waitFor()
      await hands.command(second, 'Cancel the run')
      await waitForRun(page, 'Cancelled')
      await waitForRun(second, 'Cancelled')
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  test.each([mouse, keyboard])(
    'a runner that was killed in mid-training is told of, comes back, and goes on with the run, by $name',
    async (hands) => {
      const { page, context } = await openPage(editor.browser, editor.runner.address)
      await openTemplate(page, hands, hands.name === 'mouse' ? 700 : 701)
      await hands.command(page, 'Run')
      await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor({ timeout: 90_000 })
      await editor.runner.kill()
      await page.getByText('The server can’t be reached').first().waitFor()
      await editor.runner.restart()
      // By itself, at the latest after some seconds.
      await waitForRun(page, 'Interrupted')
      await hands.press(page, page.getByRole('button', { name: 'Resume' }))
      await waitForRun(page, 'Done', 240_000)
      await context.close()
    },
  )

  test.each([mouse, keyboard])(
    'two runs are compared: what was different, what came of it, and whether that is chance, by $name',
    async (hands) => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      await openTemplate(page, hands, 2)
      await hands.command(page, 'Run')
      await waitForRun(page, 'Done')
      await hands.fill(page, fieldOf(page, 'epochs').getByRole('spinbutton'), '3')
      await page.locator('.run-stale').waitFor()
      await hands.command(page, 'Run')
      await page.locator('.run-stale').waitFor({ state: 'detached' })
      await waitForRun(page, 'Done')
      await hands.command(page, 'Run history')
      const boxes = page.getByRole('checkbox', { name: /^Compare the run of/ })
      await boxes.nth(1).waitFor()
      await hands.press(page, boxes.nth(0))
      await hands.press(page, boxes.nth(1))
      await hands.press(page, page.getByRole('button', { name: 'Compare', exact: true }))
      await page.getByText(/McNemar’s test on 400 test images/).waitFor()
      await page.locator('.diff code', { hasText: /^epochs$/ }).waitFor()
      await page.getByRole('rowheader', { name: 'Accuracy, test', exact: true }).waitFor()
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  test.skipIf(!existsSync(realData)).each([mouse, keyboard])(
    'a folder of real photos is picked, summed up and cut where the line is put, by $name',
    async (hands) => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      await hands.press(page, page.getByRole('button', { name: /^Your photos A folder/ }))
      await cardOf(page, 'images').waitFor()
      await chooseFolder(page, hands, 'images', 'hymenoptera')
      await page.locator('#inspector').getByText('397 images').waitFor()
      // The template's own network has to be fetched first; what isn't here can't be drawn.
      await hands.select(page, 'backbone')
      await hands.press(page, page.locator('.backbone-card', { hasText: 'pictograms' }))
      await hands.select(page, 'strip')
      const line = page.getByRole('slider', { name: 'Cut after' })
      if (hands.name === 'mouse') await dragTo(page, line, page.locator('.stage', { hasText: 'stage4' }))
      else {
        await tabTo(page, line)
        await page.keyboard.press('ArrowUp')
        await page.keyboard.press('ArrowUp')
      }
      await expect.poll(() => page.getByRole('combobox', { name: 'Cut after' }).inputValue(), soon).toBe('stage3')
      await expect.poll(() => line.getAttribute('aria-valuetext'), soon).toMatch(/^after stage3: /)
      await page.locator('.network-facts').getByText('4 of 7 stages').waitFor()
      expect(complaints).toEqual([])
      await context.close()
    },
  )
})

/** An image that the pipeline knows: one of its own sample images, as the runner draws it. */
async function samplePhoto(page: Page, address: string): Promise<Buffer> {
  if (existsSync(realData)) {
    const folder = join(realData, 'hymenoptera/val/ants')
    return readFile(join(folder, readdirSync(folder).find((name) => name.endsWith('.jpg')) ?? ''))
  }
  const source = await page.locator('.loss-tile img').first().getAttribute('src')
  return Buffer.from(await (await fetch(new URL(source ?? '', address))).arrayBuffer())
}

async function openTemplate(page: Page, hands: Hands, epochs: number): Promise<void> {
  await hands.press(page, page.getByRole('button', { name: /^Small and similar/ }))
  await cardOf(page, 'train').waitFor()
  await hands.select(page, 'train')
  await hands.fill(page, fieldOf(page, 'epochs').getByRole('spinbutton'), String(epochs))
}

/** Drags the grip of the line to the upper edge of a stage. */
async function dragTo(page: Page, line: Locator, stage: Locator): Promise<void> {
  const [from, to] = [await boxAtRest(line), await boxAtRest(stage)]
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(from.x + from.width / 2, to.y + 2, { steps: 8 })
  await page.mouse.up()
}

async function download(page: Page, hands: Hands, name: string): Promise<Buffer> {
  const arrives = page.waitForEvent('download')
  await Promise.race([arrives, hands.press(page, page.getByRole('button', { name }))])
  return readFile(await (await arrives).path())
}

async function lastEpoch(page: Page): Promise<number> {
  return Number(await page.getByRole('slider', { name: 'Loss by epoch' }).getAttribute('aria-valuemax'))
}
