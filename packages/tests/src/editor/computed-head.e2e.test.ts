import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, fieldOf, keyboard, mouse, turnTo } from './hands.js'
import { lookAround } from './look-around.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's test of computed heads: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('a head that is computed, in the editor', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test.each([mouse, keyboard])(
    'the form shows what the method reads, and the result what was chosen, by $name',
    async (hands) => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      const { look, found } = lookAround(page)
      await hands.press(page, page.getByRole('button', { name: /^Small and similar/ }))
      await cardOf(page, 'head').waitFor()
      await hands.select(page, 'head')
      await fieldOf(page, 'features').getByRole('radio', { name: 'chosen' }).check()
      const stages = fieldOf(page, 'stages')
      await stages.getByRole('checkbox', { name: 'stage3' }).check()
      await stages.getByRole('checkbox', { name: 'stage5', checked: true }).waitFor()
      await look('chosen stages form')
      await fieldOf(page, 'features').getByRole('radio', { name: 'all' }).check()
      await hands.select(page, 'train')
      await fieldOf(page, 'epochs').waitFor()
      await fieldOf(page, 'method').getByRole('combobox').selectOption({ label: 'solver' })
      await fieldOf(page, 'epochs').waitFor({ state: 'detached' })
      await fieldOf(page, 'learningRate').waitFor({ state: 'detached' })
      await expect.poll(() => cardOf(page, 'train').textContent(), soon).not.toContain('epochs')
      await expect.poll(() => fieldOf(page, 'classWeights').count(), soon).toBe(1)
      await look('computed head form')
      await hands.command(page, 'Run')
      await waitForRun(page, 'Done')
      await turnTo(page, hands, 'Results')
      await hands.press(page, page.getByRole('button', { name: /^Train the head/ }))
      await page.getByText('Cross-validated').first().waitFor()
      await page
        .getByText(/stage5 1/)
        .first()
        .waitFor()
      await look('computed head result')
      expect(found).toEqual({})
      expect(complaints).toEqual([])
      await context.close()
    },
  )
})
