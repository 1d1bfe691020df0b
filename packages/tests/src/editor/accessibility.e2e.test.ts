import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, selectNode, startBrowser, startRunner, waitForRun } from './editor-under-test.js'
import type { RunnerUnderTest } from './editor-under-test.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's accessibility tests: ${editorCannotRun}.`)

const axe = editorCannotRun === null ? readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') : ''

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[]
}

/** What axe finds on the page as it is, in one line each. By `evaluate`, because the page's policy refuses foreign scripts. */
async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as { readonly violations: readonly Violation[] }
  return violations.map(({ id, help, nodes }) => `${id}: ${help} at ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')} (${(failureSummary ?? '').split('\n').at(-1)?.trim() ?? ''})`).join('; ')}`)
}

describe.skipIf(editorCannotRun !== null)('axe finds nothing to complain of', { timeout: 300_000 }, () => {
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

  test('in the editor, its forms, dialogs, results and history, in either theme', async () => {
    const { page, context } = await openPage(browser, runner.address)
    const found: Record<string, readonly string[]> = {}
    const look = async (place: string): Promise<void> => {
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
        await page.locator(`html[data-theme="${theme}"]`).waitFor()
        await page.waitForTimeout(300)
        found[`${place}, ${theme}`] = await violationsOn(page)
      }
    }
    await page.getByRole('button', { name: /^Small and similar/ }).waitFor()
    await look('start page')
    await openShortTemplate(page, 3)
    await look('form of a training')
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await page.getByRole('tab', { name: 'Results' }).click()
    await page.getByRole('grid').waitFor()
    await look('results')
    await page.getByRole('tab', { name: 'Training' }).click()
    await look('curves')
    await page.getByRole('tab', { name: 'Log' }).click()
    await look('log')
    for (const node of ['strip', 'freeze', 'images', 'backbone', 'head']) {
      await selectNode(page, node)
      if (node === 'strip' || node === 'freeze') await page.locator('.network-stack').waitFor()
      await look(`form of ${node}`)
    }
    await page.getByRole('button', { name: 'Choose a model file…' }).or(page.getByRole('tab', { name: 'Results' })).first().waitFor()
    await page.getByRole('tab', { name: 'Results' }).click()
    await page.getByRole('gridcell', { name: /apple: \d+ pictures recognised/ }).click()
    await page.getByRole('dialog').waitFor()
    await look('pictures behind a cell')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('checkbox', { name: /^Compare the run of/ }).first().waitFor()
    await look('history')
    expect(Object.fromEntries(Object.entries(found).filter(([, violations]) => violations.length > 0))).toEqual({})
    await context.close()
  })
})
