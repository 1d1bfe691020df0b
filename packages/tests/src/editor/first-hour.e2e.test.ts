/// <reference lib="dom" />
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { editorCannotRun, openPage, openShortTemplate, realData, useEditor } from './editor-under-test.js'
import { cardOf, fieldOf, keyboard } from './hands.js'
import { soon } from './rest.js'

const hymenoptera = join(realData, 'hymenoptera')
const cannotRun = editorCannotRun ?? (existsSync(hymenoptera) ? null : `there are no photos at ${hymenoptera}`)
if (cannotRun !== null) console.log(`Skipping the findings of the first hour: ${cannotRun}.`)

/** A person's home: a few photos in Documents, a network in Downloads. */
function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'graft-person-'))
  for (const part of ['train', 'val'])
    for (const name of ['ants', 'bees'])
      for (const file of readdirSync(join(hymenoptera, part, name)).slice(0, 10))
        cpSync(join(hymenoptera, part, name, file), join(home, 'Documents', 'Field photos 2024', part, name, file))
  mkdirSync(join(home, 'Downloads'))
  cpSync(join(realData, 'mobilenet_v1_0.75_224'), join(home, 'Downloads', 'mobilenet'), { recursive: true })
  return home
}

describe.skipIf(cannotRun !== null)('the first hour', { timeout: 300_000 }, () => {
  const home = cannotRun === null ? makeHome() : ''
  const editor = useEditor(undefined, undefined, home)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  test('Browse shows Documents and Downloads, takes a typed path, and says how another folder is allowed', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: 'Use my photos…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await dialog.getByRole('button', { name: 'Browse folders' }).click()
    const folders = page.getByRole('dialog', { name: 'Choose a folder' })
    await folders.locator('.folder-root', { hasText: 'Documents' }).click()
    await folders.getByRole('button', { name: 'Field photos 2024' }).waitFor()
    await folders.getByLabel('Path').fill('/mnt/my disk/photos')
    await page.keyboard.press('Enter')
    await folders.getByText(`npm start -- --data-root '/mnt/my disk/photos'`).waitFor()
    await folders.getByLabel('Path').fill('~/Documents/Field photos 2024')
    await folders.getByRole('button', { name: 'Use this folder' }).click()
    await dialog.getByText('40 images').waitFor()
    await dialog
      .getByRole('radio', { name: /mobilenet/ })
      .first()
      .check()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('choosing model.json in the dialog opens the network of its folder; a path can be typed before the folders are here', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.route('**/data/roots', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700))
      await route.continue()
    })
    await page.getByRole('button', { name: 'Use my photos…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await dialog.getByRole('button', { name: 'Browse folders' }).click()
    const folders = page.getByRole('dialog', { name: 'Choose a folder' })
    await folders.getByLabel('Path').fill('~/Documents/Field photos 2024')
    await folders.getByRole('button', { name: 'Use this folder' }).click()
    await dialog.getByRole('button', { name: 'Choose a model file…' }).click()
    const models = page.getByRole('dialog', { name: 'Choose a model' })
    await models.locator('.folder-root', { hasText: 'Downloads' }).click()
    await models.getByRole('button', { name: 'mobilenet' }).click()
    await models.getByRole('button', { name: 'model.json' }).click()
    await dialog.getByRole('button', { name: 'Open the graph' }).click()
    await page.getByRole('button', { name: 'No problems' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a draft is found in another browser by its address, and its runs belong to the graph that it is saved as', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: 'Empty graph' }).click()
    await page.locator('.react-flow__pane').waitFor()
    const kept = page.waitForResponse(
      (answer) => answer.url().includes('/drafts/') && answer.request().method() === 'PUT' && answer.ok(),
    )
    await keyboard.add(page, 'Sample Data', 0, 0)
    await kept
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.locator('.run-line .status-pill', { hasText: 'Done' }).waitFor()
    const other = await openPage(editor.browser, page.url())
    await other.page.locator('.react-flow__node').first().waitFor()
    await page.keyboard.press('Control+s')
    await page.locator('.save-state', { hasText: 'Saved' }).waitFor()
    await page.getByRole('button', { name: 'History' }).click()
    await expect.poll(() => page.getByRole('checkbox', { name: 'Only this graph' }).isChecked(), soon).toBe(true)
    await page.locator('.run-row').first().waitFor()
    expect(complaints).toEqual([])
    await other.context.close()
    await context.close()
  })

  test('a second window is told when the first has saved', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: 'Empty graph' }).click()
    await page.locator('.react-flow__pane').waitFor()
    await keyboard.add(page, 'Sample Data', 0, 0)
    await page.keyboard.press('Control+s')
    await page.locator('.save-state', { hasText: 'Saved' }).waitFor()
    const second = await context.newPage()
    await second.goto(page.url())
    await second.locator('.react-flow__node').first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Shift+N')
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')
    await page.keyboard.type('A note')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+s')
    await second.getByText('Another window has saved this graph, as version 2.').waitFor()
    await second.getByRole('button', { name: 'Open it' }).click()
    await second.getByText('A note').first().waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('uploads are listed with their sizes and can be deleted, with time to undo', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: 'Use my photos…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await dialog.getByLabel('Folder with images').setInputFiles(join(home, 'Documents', 'Field photos 2024', 'val'))
    await dialog.getByText('Suggested').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.reload()
    const row = page.locator('.graph-row', { hasText: '20 files' })
    await row.scrollIntoViewIfNeeded()
    await row.getByRole('button', { name: 'Delete the upload val' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('pictures open large with arrow keys and Escape; predictions are a gallery that can be filtered and corrected; Try it has the trained network only, and shows what it goes by', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await startOwnRun(editor.runner.address, join(home, 'Documents', 'Field photos 2024'))
    await page.reload()
    await page.getByRole('link', { name: /Gallery test/ }).click()
    await page.getByRole('button', { name: 'Run and results' }).click()
    await page.getByRole('tab', { name: 'Results' }).click()
    await page.getByRole('heading', { name: 'Try it' }).waitFor()
    expect(await page.locator('.try-model option').count()).toBe(0)
    await cardOf(page, 'predict').locator('.card-header').dispatchEvent('click')
    await fieldOf(page, 'path')
      .getByText('0 images here, and those in 2 folders. They need no class folders.')
      .waitFor()
    expect(await page.locator('#inspector').getByText('Sort the images').count()).toBe(0)
    await seesWhatCounts(page, join(home, 'Documents', 'Field photos 2024'))
    await page.getByRole('button', { name: 'Look at all and correct' }).click()
    const gallery = page.getByRole('dialog', { name: 'Predict' })
    await gallery.getByText('40 images').waitFor()
    await gallery.getByLabel(/^Answer/).selectOption('bees')
    await gallery.getByText(/\d+ of 40 images/).waitFor()
    await gallery.locator('.picture-tile').first().click()
    const large = page.locator('.lightbox')
    await large.getByText(/^1 of/).waitFor()
    await page.keyboard.press('ArrowRight')
    await large.getByText(/^2 of/).waitFor()
    await page.waitForFunction(
      () => (document.querySelector<HTMLImageElement>('.lightbox img')?.naturalWidth ?? 0) > 300,
    )
    await large.getByLabel('It is really').selectOption('ants')
    await page.keyboard.press('Escape')
    await gallery.getByText('1 correction, as a table that Image Table reads.').waitFor()
    const download = page.waitForEvent('download')
    await gallery.getByRole('button', { name: 'Export corrections' }).click()
    expect(readFileSync((await (await download).path()) ?? '', 'utf8')).toMatch(/^file,labels\r\n.*\.jpg,ants\r\n$/)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('runs have names, notes, data set and network; more than two compare; a second run of a graph waits', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    // Long enough to be under way while the second is asked for.
    await openShortTemplate(page, 400)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByText('1 waiting').waitFor()
    await page.getByRole('button', { name: 'Run again' }).waitFor({ state: 'detached', timeout: 120_000 })
    await page.getByText('1 waiting').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached', timeout: 60_000 })
    await page.getByRole('tab', { name: /^Log/ }).click()
    await page.locator('.log-line', { hasText: 'Reused: ' }).first().waitFor()
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('checkbox', { name: 'Only this graph' }).check()
    await page.locator('.virtual-list .run-row').nth(2).waitFor()
    await page.getByRole('button', { name: 'Name this run' }).first().click()
    await page.getByLabel('Name of the run').fill('The third try')
    await page.getByLabel('Notes').fill('same as before')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'The third try' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('button', { name: 'The third try same as before' }).waitFor()
    await page.getByRole('checkbox', { name: 'Only this graph' }).check()
    const boxes = page.getByRole('checkbox', { name: /^Compare/ })
    await expect.poll(() => boxes.count(), { timeout: 60_000 }).toBe(3)
    for (const box of await boxes.all()) await box.check()
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    const comparison = page.getByRole('region', { name: 'Comparison of 3 runs' })
    await comparison.getByRole('columnheader', { name: 'C', exact: true }).waitFor()
    await comparison.getByLabel('Compare each with').selectOption('B')
    await comparison.getByText('What C does differently from B').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})

/** A photo that is tried, and one of the evaluation, show what the answer goes by; whether they are of a class is said. */
async function seesWhatCounts(page: Page, folder: string): Promise<void> {
  const photo = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.jpg')) ?? ''
  await page.getByLabel('Photo to try').setInputFiles(join(folder, photo))
  const said = page.locator('.try-answer')
  await said.getByText(/of \d+ validation images/).waitFor()
  await page.getByRole('button', { name: 'What does it go by?' }).click()
  await said.getByText(/^(What speaks for|No part of the image)/).waitFor()
  await page.locator('.try-card .heat-map').waitFor()
  await page.locator('.loss-open').first().click()
  await page.locator('.lightbox').getByRole('button', { name: 'What does it go by?' }).click()
  await page
    .locator('.lightbox')
    .getByText(/^(What speaks for|No part of the image)/)
    .waitFor()
  await page.locator('.lightbox .heat-map').waitFor()
  await page.keyboard.press('Escape')
}

/** Trains on a folder and classifies its images once more, by the API; resolves when it is done. */
async function startOwnRun(address: string, folder: string): Promise<void> {
  const api = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  const { document } = (await api('GET', '/templates/photos')) as {
    document: { name: string; nodes: Record<string, { type: string; params: object }>; edges: object[] }
  }
  for (const node of Object.values(document.nodes)) {
    if (node.type === 'image-folder') node.params = { path: folder }
    if (node.type === 'load-backbone') node.params = { source: '~/Downloads/mobilenet' }
    if (node.type === 'train') Object.assign(node.params, { epochs: 3 })
  }
  document.nodes['predict'] = { type: 'predict', version: 1, params: { path: folder } } as never
  document.edges.push({ from: { node: 'train', port: 'model' }, to: { node: 'predict', port: 'model' } })
  document.name = 'Gallery test'
  const { id } = await api('POST', '/graphs', { document })
  const { run } = (await api('POST', '/runs', { document, graphId: id })) as { run: { id: string } }
  for (;;) {
    const { status } = ((await api('GET', `/runs/${run.id}`)) as { run: { status: string } }).run
    if (status === 'succeeded') return
    if (status !== 'queued' && status !== 'running') throw new Error(`The run is ${status}.`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
