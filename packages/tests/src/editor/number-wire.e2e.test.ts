import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, useEditor } from './editor-under-test.js'
import { cardOf, fieldOf, mouse } from './hands.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('a number on a wire, in the editor', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('feeds a parameter: its form says from where, and gives the field back when disconnected', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a file…' }).click()
    await (await chooser).setFiles({
      name: 'number.graft.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(graph)),
    })
    await cardOf(page, 'train').waitFor()
    await mouse.select(page, 'train')
    const epochs = fieldOf(page, 'epochs')
    await epochs.getByText('from often.number').waitFor()
    expect(await epochs.getByRole('spinbutton').count()).toBe(0)
    await epochs.getByRole('button', { name: 'Disconnect Epochs from often.number' }).click()
    await expect.poll(() => epochs.getByRole('spinbutton').inputValue(), soon).toBe('7')
    await page.locator('.status-text', { hasText: '2 nodes, 0 wires' }).waitFor()
    await page.keyboard.press('Control+z')
    await epochs.getByText('from often.number').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})

const graph = {
  format: 'graft-graph',
  version: 1,
  name: 'A number on a wire',
  nodes: {
    often: { type: 'number', version: 1, params: { value: 3 } },
    train: { type: 'train', version: 1, params: { epochs: 7 } },
  },
  edges: [{ from: { node: 'often', port: 'number' }, to: { node: 'train', port: 'epochs' } }],
}
