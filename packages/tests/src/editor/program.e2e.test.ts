import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, useEditor } from './editor-under-test.js'
import { waitForFocus } from './hands.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('the graph as a PyTorch program', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('comes as a zip file from the command palette, and a graph that can not be one is answered with why', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openShortTemplate(page, 3)
    const ask = async (): Promise<void> => {
      await page.keyboard.press('Control+k')
      await waitForFocus(page, 'role', 'combobox')
      await page.keyboard.type('PyTorch program')
      await page.getByRole('option', { name: 'Download as a PyTorch program' }).first().click()
    }
    const arrives = page.waitForEvent('download')
    await ask()
    const file = await arrives
    expect(file.suggestedFilename()).toBe('Small-and-similar-pytorch.zip')
    const bytes = await readFile(await file.path())
    for (const name of ['model.py', 'train.py', 'weights.safetensors', 'data/train.csv'])
      expect(bytes.includes(`Small-and-similar/${name}`), name).toBe(true)
    const train = page.locator('.react-flow__node[data-id="train"]')
    await train.locator('.card-header').dispatchEvent('click')
    await train.focus()
    await page.keyboard.press('Delete')
    await train.waitFor({ state: 'detached' })
    await ask()
    await page
      .getByText(/No program was written: \S+/)
      .first()
      .waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})
