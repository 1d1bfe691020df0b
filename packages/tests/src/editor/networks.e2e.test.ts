import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, selectNode, useEditor } from './editor-under-test.js'
import { lookAround } from './look-around.js'
import { soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the picker of networks: ${editorCannotRun}.`)

describe.skipIf(editorCannotRun !== null)('the picker of networks', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test.each(['light', 'dark'] as const)(
    'finds a network by typing, says what it costs, and puts its name into the graph, by keys alone (%s)',
    async (theme) => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address, theme)
      const { look, found } = lookAround(page)
      await page.getByRole('button', { name: /^Small and similar/ }).click()
      await selectNode(page, 'backbone')
      await page.getByRole('button', { name: 'Choose a network by name…' }).click()
      const dialog = page.getByRole('dialog', { name: 'Choose a network' })
      await dialog.getByRole('option').first().waitFor()
      await expect.poll(() => dialog.getByRole('option').count(), soon).toBeGreaterThan(20)
      const images = process.env['GRAFT_E2E_IMAGES']
      if (images !== undefined) await page.screenshot({ path: join(images, `networks-${theme}.png`) })
      await look('networks')
      await dialog.getByRole('combobox', { name: 'Networks' }).fill('resnet-50')
      const first = dialog.getByRole('option').first()
      await expect
        .poll(() => first.innerText(), soon)
        .toMatch(
          /ResNet-50\ntorchvision:resnet50\nto download: 102\.5 MB\n.*\n224 px · 25\.56 M parameters · 80\.9% on ImageNet · medium/,
        )
      if (images !== undefined) await page.screenshot({ path: join(images, `networks-search-${theme}.png`) })
      await page.keyboard.press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await expect
        .poll(() => page.getByRole('textbox', { name: 'Source' }).inputValue(), soon)
        .toBe('torchvision:resnet50')
      if (images !== undefined) await page.screenshot({ path: join(images, `networks-form-${theme}.png`) })
      expect(found).toEqual({})
      expect(complaints).toEqual([])
      await context.close()
    },
  )
})
