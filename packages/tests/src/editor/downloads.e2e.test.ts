import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { editorCannotRun, openPage, realData, selectNode, useEditor } from './editor-under-test.js'
import { lookAround } from './look-around.js'
import { type StandInHub, startStandInHub } from './stand-in-hub.js'
import { soon } from './rest.js'

const mobilenet = join(realData, 'mobilenet_v1_0.75_224')
const cannotRun = editorCannotRun ?? (existsSync(mobilenet) ? null : `there is no network at ${mobilenet}`)
if (cannotRun !== null) console.log(`Skipping downloads in the editor: ${cannotRun}.`)

const source = 'tfjs:mobilenet_v1_0.75_224'
const keep = async (page: Page, name: string): Promise<void> => {
  const images = process.env['GRAFT_E2E_IMAGES']
  if (images !== undefined) await page.screenshot({ path: join(images, `${name}.png`) })
}

/** So that the network is here, whatever other tests have left. */
async function fetchNetwork(page: Page, address: string): Promise<void> {
  const downloads = `${address}/api/v1/networks/downloads`
  await page.request.post(downloads, { data: { source } })
  await expect
    .poll(async () => JSON.stringify(await (await page.request.get(downloads)).json()), soon)
    .toMatch(/"state":"done"/)
}

describe.skipIf(cannotRun !== null)(
  'a network that isn’t here, with a hub on this machine',
  { timeout: 300_000 },
  () => {
    let hub: StandInHub
    beforeAll(async () => {
      hub = await startStandInHub()
      vi.stubEnv('GRAFT_MIRROR', hub.origin)
    })
    afterAll(async () => {
      vi.unstubAllEnvs()
      await hub.close()
    })
    const editor = useEditor()

    test('shows its stages before it is downloaded, and is cut on the drawing by keys; nothing is asked of the hub', async () => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      const { look, found } = lookAround(page)
      await page.getByRole('button', { name: /^Small and similar/ }).click()
      await selectNode(page, 'backbone')
      await page.locator('#inspector').getByRole('textbox', { name: 'Source' }).fill(source)
      await page.keyboard.press('Tab')
      await selectNode(page, 'strip')
      const form = page.locator('#inspector')
      await form.getByText('Not downloaded yet: drawn from what is known of this network.').waitFor()
      await expect
        .poll(() => form.locator('.stage-name').allInnerTexts(), soon)
        .toEqual(['stem', 'stage1', 'stage2', 'stage3', 'stage4', 'head'])
      const line = form.getByRole('slider')
      const before = await line.getAttribute('aria-valuetext')
      await line.focus()
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      await expect.poll(() => line.getAttribute('aria-valuetext'), soon).not.toBe(before)
      await expect.poll(() => line.getAttribute('aria-valuetext'), soon).toMatch(/^after stage\d: .* parameters kept$/)
      await look('a network that is not here')
      await keep(page, 'download-outline')
      await selectNode(page, 'freeze')
      await form.getByText('Not downloaded yet').waitFor()
      await form.getByText('Will train').waitFor()
      expect(hub.asked).toEqual([])
      expect(found).toEqual({})
      expect(complaints).toEqual([])
      await context.close()
    })

    test('is chosen for own photos, downloaded with progress, stopped, gone on with, pinned, and trained on', async () => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
      const { look, found } = lookAround(page)
      const dialog = page.getByRole('dialog', { name: 'Use my photos' })
      await page.getByRole('button', { name: 'Use my photos…' }).click()
      await dialog.getByRole('button', { name: 'Browse folders' }).click()
      const folders = page.getByRole('dialog', { name: 'Choose a folder' })
      await folders.getByRole('button', { name: 'hymenoptera' }).click()
      await folders.getByRole('button', { name: 'Use this folder' }).click()
      await dialog.getByRole('button', { name: 'Choose a network by name…' }).click()
      const picker = page.getByRole('dialog', { name: 'Choose a network' })
      await picker.getByRole('combobox', { name: 'Networks' }).fill('mobilenet v1 0.75')
      await picker.getByRole('option', { selected: true }).filter({ hasText: source }).waitFor()
      await page.keyboard.press('Enter')
      await picker.waitFor({ state: 'detached' })
      const chosen = dialog.getByRole('region', { name: 'Chosen network' })
      await chosen.getByText('to download: 10.5 MB').waitFor()
      await look('before the download')
      await keep(page, 'download-before')
      hub.shut()
      await chosen.getByRole('button', { name: 'Download (10.5 MB)' }).focus()
      await page.keyboard.press('Enter')
      const bar = chosen.getByRole('progressbar', { name: 'Download' })
      await bar.waitFor()
      await expect.poll(() => bar.getAttribute('aria-valuetext'), soon).toMatch(/^[1-9]\d?%, .* of 10\.5 MB$/)
      await look('during the download')
      await keep(page, 'download-during')
      await page.keyboard.press('Enter')
      await chosen.getByText(/^Stopped; .* are kept\.$/).waitFor()
      await look('a stopped download')
      const before = hub.asked.length
      hub.open()
      await chosen.getByRole('button', { name: 'Go on with the download' }).click()
      await chosen.getByText('here', { exact: true }).waitFor()
      expect(
        hub.asked.slice(before).some(({ from }) => from > 0),
        'went on where it was',
      ).toBe(true)
      await chosen.getByText(/^Pinned by its checksum/).waitFor()
      await look('a network that has come')
      await keep(page, 'download-after')
      await dialog.getByRole('button', { name: 'Open the graph' }).click()
      await page.getByRole('button', { name: 'No problems' }).waitFor()
      const asked = hub.asked.length
      await page.getByRole('button', { name: 'Run', exact: true }).click()
      await page.getByRole('tab', { name: 'Results', selected: true }).waitFor({ timeout: 180_000 })
      const score = page.getByText(/% (validation|test) accuracy/).first()
      await expect.poll(async () => Number.parseFloat(await score.innerText()), soon).toBeGreaterThan(92)
      expect(hub.asked.length, 'the run downloads nothing').toBe(asked)
      await selectNode(page, 'backbone')
      await expect.poll(() => page.getByRole('textbox', { name: 'Source' }).inputValue(), soon).toBe(source)
      await expect
        .poll(() => page.getByRole('textbox', { name: 'Checksum' }).inputValue(), soon)
        .toMatch(/^[0-9a-f]{64}$/)
      await keep(page, 'download-form')
      await selectNode(page, 'strip')
      await page.locator('#inspector .stage-name', { hasText: 'stage4' }).waitFor()
      await page.locator('#inspector').getByText('Not downloaded yet').waitFor({ state: 'detached' })
      expect(found).toEqual({})
      expect(complaints).toEqual([])
      await context.close()
    })

    test('a pin is one step to undo, another network takes it away, and what can’t be had says why', async () => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address, 'dark')
      const { look, found } = lookAround(page)
      await fetchNetwork(page, editor.runner.address)
      await page.getByRole('button', { name: /^Small and similar/ }).click()
      await selectNode(page, 'backbone')
      const form = page.locator('#inspector')
      const put = async (text: string): Promise<void> => {
        await form.getByRole('textbox', { name: 'Source' }).fill(text)
        await page.keyboard.press('Tab')
      }
      const checksum = form.getByRole('textbox', { name: 'Checksum' })
      await put(source)
      await form.getByRole('button', { name: 'Pin what is here' }).click()
      await expect.poll(() => checksum.inputValue(), soon).toMatch(/^[0-9a-f]{64}$/)
      await page.keyboard.press('Control+z')
      await expect.poll(() => checksum.inputValue(), soon).toBe('')
      await page.keyboard.press('Control+Shift+z')
      await expect.poll(() => checksum.inputValue(), soon).not.toBe('')
      await put('tfjs:mobilenet_v1_1.0_224')
      await expect.poll(() => checksum.inputValue(), soon).toBe('')
      const chosen = form.getByRole('region', { name: 'Chosen network' })
      await chosen.getByRole('button', { name: /^Download/ }).click()
      await chosen.getByRole('alert').waitFor()
      await expect.poll(() => chosen.getByRole('alert').innerText(), soon).toMatch(/answered 404/)
      await look('a download that failed')
      await keep(page, 'download-failed')
      expect(found).toEqual({})
      expect(complaints).toEqual([])
      await context.close()
    })
  },
)
