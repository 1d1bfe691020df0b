import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, fieldOf, keyboard, mouse, turnTo } from './hands.js'
import { lookAround } from './look-around.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's tests of Repeat and Search: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('Repeat and Search in the editor', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test.each([mouse, keyboard])('are added to a graph, run, and show what they found, by $name', async (hands) => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const { look, found } = lookAround(page)
    await hands.press(page, page.getByRole('button', { name: /^Small and similar/ }))
    await cardOf(page, 'head').waitFor()
    await hands.command(page, 'Repeat with folds and seeds')
    await cardOf(page, 'repeat').waitFor()
    await hands.fill(page, fieldOf(page, 'folds').getByRole('spinbutton'), '2')
    await hands.command(page, 'Search for the best network')
    await cardOf(page, 'search').waitFor()
    await hands.fill(page, fieldOf(page, 'trials').getByRole('spinbutton'), '2')
    await look('search form')
    await hands.command(page, 'Run')
    await waitForRun(page, 'Done', 240_000)
    await turnTo(page, hands, 'Results')
    await hands.press(page, page.getByRole('button', { name: 'Repeat test' }))
    await page.getByText(/On average over 2 runs accuracy is [\d.]+%; 95% interval of this mean/).waitFor()
    await look('repeated runs')
    await hands.press(page, page.getByRole('button', { name: 'Search validation' }))
    await page.getByText(/^Expect [\d.]+% on new images/).waitFor()
    await expect
      .poll(() => page.getByRole('region', { name: 'Table of the candidates' }).getByRole('row').count(), soon)
      .toBe(3)
    await page.getByRole('img', { name: /^Accuracy against time to train and measure, 2 candidates/ }).waitFor()
    await look('search result')
    await hands.press(page, page.getByRole('button', { name: /^Open as a graph: .*least squares/ }).first())
    await cardOf(page, 'search').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'No problems' }).waitFor()
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })
})
