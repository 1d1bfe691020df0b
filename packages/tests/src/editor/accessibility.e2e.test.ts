import { apiBase } from '@graft/graph-schema'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, selectNode, useEditor, waitForRun } from './editor-under-test.js'
import { keyboard } from './hands.js'
import { lookAround } from './look-around.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's accessibility tests: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('axe finds nothing to complain of', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('in the editor, its forms, results and history, in either theme', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    await page.getByRole('button', { name: /^Small and similar/ }).waitFor()
    await look('start page')
    await page.getByRole('button', { name: 'Empty graph' }).click()
    await page.getByRole('heading', { name: 'An empty canvas' }).waitFor()
    await look('empty canvas')
    await page.goto(`${editor.runner.address}/#/`)
    await openShortTemplate(page, 3)
    await look('form of a training')
    for (const node of ['strip', 'freeze', 'images', 'backbone', 'head']) {
      await selectNode(page, node)
      if (node === 'strip' || node === 'freeze') await page.locator('.network-stack').waitFor()
      await look(`form of ${node}`)
    }
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await page.getByRole('tab', { name: 'Results' }).click()
    await page.getByRole('grid').waitFor()
    await look('results')
    await page.getByRole('gridcell', { name: /apple: \d+ images recognised/ }).click()
    await page.getByRole('dialog').waitFor()
    await look('images behind a cell')
    await page.keyboard.press('Escape')
    for (const tab of ['Training', 'Log', 'Problems']) {
      await page.getByRole('tab', { name: tab }).click()
      await look(tab)
    }
    expect(found).toEqual({})
    await context.close()
  })

  test('while a network trains, in a comparison, and on the way to what is broken', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    await openShortTemplate(page, 2)
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await selectNode(page, 'train')
    await page.getByRole('spinbutton', { name: 'Epochs', exact: true }).fill('10000')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+Enter')
    await page.locator('.card-running').first().waitFor()
    await page.getByRole('slider', { name: 'Loss by epoch' }).waitFor({ timeout: 90_000 })
    await look('running')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await waitForRun(page, 'Cancelled')
    await page.getByRole('button', { name: 'History' }).click()
    const boxes = page.getByRole('checkbox', { name: /^Compare the run of/ })
    await boxes.nth(1).waitFor()
    await look('history')
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.getByText('Differences').waitFor()
    await look('comparison')
    await page.getByRole('spinbutton', { name: 'Epochs', exact: true }).fill('0')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: /1 error/ }).click()
    await page.getByRole('list', { name: 'Problems of this graph' }).waitFor()
    await look('a problem')
    expect(found).toEqual({})
    await context.close()
  })

  test('in every dialog and the tour, in either theme', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    await page.getByRole('button', { name: 'Tour', exact: true }).click()
    await page.getByRole('region', { name: 'Tour' }).waitFor()
    await look('tour on the start page')
    await page.getByRole('button', { name: 'Open the pipeline' }).click()
    await page.getByRole('heading', { name: 'A pipeline reads from left to right' }).waitFor()
    await look('tour in the editor')
    await page.getByRole('button', { name: 'End the tour' }).click()
    await selectNode(page, 'strip')
    await page.keyboard.press('Escape')
    const dialogs: readonly (readonly [name: string, open: () => Promise<void>])[] = [
      ['command palette', () => page.keyboard.press('Control+k')],
      ['shortcut sheet', () => page.getByRole('button', { name: 'Keyboard shortcuts' }).click()],
      ['quick add', () => page.keyboard.press('a')],
      ['find a node', () => page.keyboard.press('/')],
    ]
    for (const [name, open] of dialogs) {
      await page.locator('#canvas').focus()
      await open()
      await page.getByRole('dialog').waitFor()
      await look(name)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await selectNode(page, 'strip')
    await keyboard.command(page, 'Connect to…')
    await page.getByRole('dialog', { name: /^Connect/ }).waitFor()
    await look('connecting, from which port')
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: /^Where to connect/ }).waitFor()
    await look('connecting, where to')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await selectNode(page, 'backbone')
    await page.getByRole('button', { name: 'Choose a model file…' }).click()
    await page.getByRole('dialog', { name: 'Choose a model' }).waitFor()
    await look('folder dialog')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await saveTwiceElsewhere(page)
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog', { name: 'There is a newer version' }).waitFor()
    await look('conflict')
    await page.getByRole('button', { name: 'Decide later' }).click()
    await keyboard.command(page, 'Saved versions…')
    await page
      .getByRole('dialog', { name: 'Saved versions' })
      .getByRole('button', { name: 'Restore' })
      .first()
      .waitFor()
    await look('versions')
    expect(found).toEqual({})
    await context.close()
  })

  /** A version that another window saved, and an edit here. */
  async function saveTwiceElsewhere(page: Page): Promise<void> {
    await page.keyboard.press('Control+s')
    await page.locator('.save-state', { hasText: 'Saved' }).waitFor()
    const { graphs } = (await (await fetch(`${editor.runner.address}${apiBase}/graphs`)).json()) as {
      readonly graphs: readonly { readonly id: string }[]
    }
    const address = `${editor.runner.address}${apiBase}/graphs/${graphs[0]?.id ?? ''}`
    const { document, version } = (await (await fetch(address)).json()) as {
      readonly document: object
      readonly version: number
    }
    const answer = await fetch(address, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ document: { ...document, description: 'From another window.' }, baseVersion: version }),
    })
    expect(answer.status).toBe(200)
    await page.getByRole('textbox', { name: 'Name of the graph' }).fill('Edited here too')
  }
})
