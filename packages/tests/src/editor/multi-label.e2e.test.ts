import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, fieldOf, mouse, turnTo } from './hands.js'
import { lookAround } from './look-around.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('several classes per image, in the editor', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('are trained, drawn as curves, judged class by class, and tried on an image', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    await page.getByRole('button', { name: /^Several objects/ }).waitFor()
    await look('several objects start')
    await page.getByRole('button', { name: /^Several objects/ }).click()
    await cardOf(page, 'train').waitFor()
    await mouse.select(page, 'train')
    await mouse.fill(page, fieldOf(page, 'epochs').getByRole('spinbutton'), '20')
    await mouse.command(page, 'Run')
    await waitForRun(page, 'Done')
    await page.keyboard.press('Escape')
    await expect
      .poll(() => cardOf(page, 'train').locator('.card-metric').getAttribute('title'), soon)
      .toMatch(/^val mean average precision [\d.]+%$/)

    await turnTo(page, mouse, 'Training')
    for (const title of ['Loss', 'Mean average precision', 'Macro F1', 'All classes right', 'Learning rate'])
      await page.getByRole('slider', { name: `${title} by epoch` }).waitFor()
    expect(await page.locator('.chart-figure h3').allTextContents()).not.toContain('Accuracy')
    const right = page.getByRole('slider', { name: 'All classes right by epoch' })
    await expect
      .poll(() => right.getAttribute('aria-valuetext'), soon)
      .toMatch(/epoch 20: training [\d.]+%, validation [\d.]+%/)
    await look('several objects curves')

    await turnTo(page, mouse, 'Results')
    await page.getByRole('region', { name: 'Scores by class' }).waitFor()
    const figure = page.locator('.headline-figure')
    await expect.poll(async () => Number.parseFloat(await figure.innerText()), soon).toBeGreaterThan(50)
    await expect
      .poll(() => page.getByRole('region', { name: 'Scores by class' }).getByRole('row').count(), soon)
      .toBeGreaterThan(5)
    await page.getByRole('button', { name: 'Larger panel' }).click()
    await look('several objects results')
    const said = await tryUntilSeveral(page, editor.runner.address)
    expect(said).toMatch(/^In this image: \w+, \w+/)
    await look('several objects tried')
    const report = await context.newPage()
    await report.setContent(await reportOf(page))
    for (const title of ['Loss', 'Mean average precision', 'Macro F1', 'All classes right', 'Learning rate'])
      await report.locator('figcaption', { hasText: new RegExp(`^${title}$`) }).waitFor()
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })
})

async function reportOf(page: Page): Promise<string> {
  const arrives = page.waitForEvent('download')
  await page.getByRole('button', { name: /^Download Several objects/ }).click()
  return readFile(await (await arrives).path(), 'utf8')
}

/** Tries the images of the results one after the other, up to one that is said to show several classes. */
async function tryUntilSeveral(page: Page, address: string): Promise<string> {
  await page.locator('.loss-tile img').first().waitFor()
  const addresses = await page.locator('.loss-tile img').evaluateAll((all) => all.map((one) => one.getAttribute('src')))
  let said = ''
  for (const source of addresses) {
    const buffer = Buffer.from(await (await fetch(new URL(source ?? '', address))).arrayBuffer())
    const answered = page.waitForResponse((response) => response.url().includes('/predict'))
    await page.getByLabel('Photo to try').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
    await answered
    await page.locator('.try-said').waitFor()
    said = await page.locator('.try-said').innerText()
    if ((await page.locator('.bars [data-chosen]').count()) > 1) break
  }
  return said
}
