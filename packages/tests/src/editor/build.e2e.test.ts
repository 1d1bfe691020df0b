import { existsSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRealData, Workplace } from '../acceptance/run-graft.js'
import { trainingDetail } from '../acceptance/stored.js'
import { buildSmallAndSimilar } from './build-a-pipeline.js'
import { editorCannotRun, openPage, startBrowser, startRunner, waitForRun } from './editor-under-test.js'
import type { RunnerUnderTest } from './editor-under-test.js'
import { cardOf, keyboard, mouse } from './hands.js'
import type { Hands } from './hands.js'

if (editorCannotRun !== null) console.log(`Skipping the tests that build a pipeline in the editor: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null || !hasRealData())('building in the editor', { timeout: 300_000 }, () => {
  let runner: RunnerUnderTest
  let browser: Browser
  const workplace = new Workplace()
  beforeAll(async () => {
    runner = await startRunner()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await runner?.stop()
    workplace.remove()
  })

  test.each([mouse, keyboard])('from an empty canvas to 92 % on real photos, undone to nothing and redone, by $name', async (hands) => {
    const { page, context, complaints } = await openPage(browser, runner.address)
    await hands.press(page, page.getByRole('button', { name: 'Empty graph' }))
    await page.getByRole('heading', { name: 'An empty canvas' }).waitFor()
    const empty = await download(page, hands)
    await buildSmallAndSimilar(page, hands)
    const built = await download(page, hands)

    await travel(page, hands, 'Undo')
    expect(await download(page, hands)).toBe(empty)
    await travel(page, hands, 'Redo')
    expect(await download(page, hands)).toBe(built)

    await hands.command(page, 'Run')
    await waitForRun(page, 'Done')
    expect(Number.parseFloat(await page.locator('.run-line b').innerText())).toBeGreaterThanOrEqual(92)
    expect(complaints).toEqual([])
    await context.close()
  })
})

/** What the editor writes for "Download as a file". */
async function download(page: Page, hands: Hands): Promise<string> {
  const arrives = page.waitForEvent('download')
  await hands.command(page, 'Download as a file')
  return readFile(await (await arrives).path(), 'utf8')
}

async function travel(page: Page, hands: Hands, direction: 'Undo' | 'Redo'): Promise<void> {
  const button = page.getByRole('button', { name: direction, exact: true })
  for (let step = 0; step < 400 && (await button.isEnabled()); step++) {
    if (hands.name === 'mouse') await button.click()
    else await page.keyboard.press(direction === 'Undo' ? 'Control+z' : 'Control+y')
  }
}
