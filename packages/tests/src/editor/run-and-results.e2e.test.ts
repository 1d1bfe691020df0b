import { readFile } from 'node:fs/promises'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, realData, selectNode, startBrowser, startRunner, waitForRun } from './editor-under-test.js'
import type { RunnerUnderTest } from './editor-under-test.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('running in the editor', { timeout: 300_000 }, () => {
  let runner: RunnerUnderTest
  let browser: Browser
  beforeAll(async () => {
    runner = await startRunner()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await runner?.stop()
  })

  test('a template is run, watched, understood and exported with the mouse', async () => {
    const { page, context, complaints } = await openPage(browser, runner.address)
    await openShortTemplate(page, 4)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await waitForRun(page, 'Done')
    await page.getByRole('tab', { name: 'Training' }).click()
    await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor()
    expect(await page.getByRole('slider', { name: 'Accuracy by epoch' }).getAttribute('aria-valuetext')).toMatch(/epoch 4: training [\d.]+ %, validation [\d.]+ %/)

    await page.getByRole('tab', { name: 'Results' }).click()
    await page.getByRole('gridcell', { name: /apple: \d+ pictures recognised/ }).click()
    const dialog = page.getByRole('dialog', { name: /apple: \d+ pictures recognised/ })
    const picture = dialog.getByRole('img').first()
    await picture.waitFor()
    expect(await picture.getAttribute('src')).toContain('/thumbnail?')
    await dialog.getByRole('button', { name: 'Close' }).click()

    await page.getByLabel('Photo to try').setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: await samplePhoto(page, runner.address) })
    await page.locator('.bars li').first().waitFor()
    expect((await page.locator('.bar-value').allTextContents()).map((text) => Number.parseFloat(text)).reduce((sum, value) => sum + value, 0)).toBeGreaterThan(60)

    expect((await download(page, 'Download model.onnx')).length).toBeGreaterThan(100_000)
    expect((await download(page, 'Download Small and similar')).toString('utf8', 0, 100).toLowerCase()).toContain('<!doctype html>')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('the same goes by keyboard alone', async () => {
    const { page, context, complaints } = await openPage(browser, runner.address)
    await page.getByRole('button', { name: /^Small and similar/ }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.react-flow__node[data-id="train"]').waitFor()
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await page.getByRole('tab', { name: 'Results' }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('tab', { name: 'Log' }).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('ArrowLeft')
    const first = page.locator('[data-cell="0-0"]')
    await first.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /butterfly/ })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.locator('[data-cell="1-1"]').evaluate((cell) => cell === cell.ownerDocument.activeElement)).toBe(true)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a reload in mid-training and a second window show the same run', async () => {
    const { page, context, complaints } = await openPage(browser, runner.address)
    await openShortTemplate(page, 3000)
    await page.keyboard.press('Control+Enter')
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
    await second.getByRole('button', { name: 'Cancel', exact: true }).click()
    await waitForRun(page, 'Cancelled')
    await waitForRun(second, 'Cancelled')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a runner that was killed in mid-training is told of, comes back, and goes on with the run', async () => {
    const { page, context } = await openPage(browser, runner.address)
    await openShortTemplate(page, 400)
    await page.keyboard.press('Control+Enter')
    await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor({ timeout: 90_000 })
    await runner.kill()
    await page.getByText('The runner can’t be reached').first().waitFor()
    await runner.restart()
    await page.getByRole('button', { name: 'Try again' }).first().click({ timeout: 5000 }).catch(() => undefined)
    await waitForRun(page, 'Interrupted')
    await page.getByRole('button', { name: 'Resume' }).click()
    await waitForRun(page, 'Running')
    await waitForRun(page, 'Done', 240_000)
    await context.close()
  })

  test('two runs are compared: what was different, what came of it, and whether that is chance', async () => {
    const { page, context, complaints } = await openPage(browser, runner.address)
    await openShortTemplate(page, 2)
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await page.getByRole('button', { name: 'History' }).click()
    const boxes = page.getByRole('checkbox', { name: /^Compare the run of/ })
    await boxes.first().check()
    await boxes.last().check()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByText(/McNemar’s test on 400 test pictures/).waitFor()
    await page.locator('.diff code', { hasText: /^epochs$/ }).waitFor()
    await page.getByRole('rowheader', { name: 'Accuracy, test', exact: true }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test.skipIf(!existsSync(realData))('a folder of real photos is picked, summed up and cut where the line is put', async () => {
    const { page, context, complaints } = await openPage(browser, runner.address)
    await page.getByRole('button', { name: /^Your photos A folder/ }).click()
    await selectNode(page, 'images')
    await page.getByRole('button', { name: 'Browse…' }).click()
    await page.getByRole('button', { name: 'hymenoptera' }).click()
    await page.getByText('397 pictures').first().waitFor()
    await page.getByRole('button', { name: 'Use this folder' }).click()
    await page.locator('#inspector').getByText('397 pictures').waitFor()
    await selectNode(page, 'strip')
    const line = page.getByRole('slider', { name: 'Cut after' })
    await line.focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    expect(await page.getByRole('combobox', { name: 'Cut after' }).inputValue()).toBe('stage3')
    expect(await line.getAttribute('aria-valuetext')).toMatch(/^after stage3: /)
    await page.locator('.network-facts').getByText('4 of 7 stages').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})

/** A picture that the pipeline knows: one of its own sample pictures, as the runner draws it. */
async function samplePhoto(page: Page, address: string): Promise<Buffer> {
  if (existsSync(realData)) {
    const folder = join(realData, 'hymenoptera/val/ants')
    return readFile(join(folder, readdirSync(folder).find((name) => name.endsWith('.jpg')) ?? ''))
  }
  const source = await page.locator('.loss-tile img').first().getAttribute('src')
  return Buffer.from(await (await fetch(new URL(source ?? '', address))).arrayBuffer())
}

async function download(page: Page, name: string): Promise<Buffer> {
  const arrives = page.waitForEvent('download')
  await Promise.race([arrives, page.getByRole('button', { name }).click()])
  return readFile(await (await arrives).path())
}

async function lastEpoch(page: Page): Promise<number> {
  return Number(await page.getByRole('slider', { name: 'Loss by epoch' }).getAttribute('aria-valuemax'))
}
