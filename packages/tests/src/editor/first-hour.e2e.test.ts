import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, realData, useEditor } from './editor-under-test.js'

const hymenoptera = join(realData, 'hymenoptera')
const cannotRun = editorCannotRun ?? (existsSync(hymenoptera) ? null : `there are no photos at ${hymenoptera}`)
if (cannotRun !== null) console.log(`Skipping the findings of the first hour: ${cannotRun}.`)

/** A person's home: a few photos in Documents, a network in Downloads. */
function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'graft-person-'))
  for (const part of ['train', 'val'])
    for (const name of ['ants', 'bees'])
      for (const file of readdirSync(join(hymenoptera, part, name)).slice(0, part === 'train' ? 12 : 8))
        cpSync(join(hymenoptera, part, name, file), join(home, 'Documents', 'Field photos 2024', part, name, file))
  mkdirSync(join(home, 'Downloads'))
  cpSync(join(realData, 'mobilenet_v1_0.75_224'), join(home, 'Downloads', 'mobilenet'), { recursive: true })
  return home
}

describe.skipIf(cannotRun !== null)('the first hour', { timeout: 240_000 }, () => {
  const home = cannotRun === null ? makeHome() : ''
  const editor = useEditor(undefined, undefined, home)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  test('Browse shows Documents and Downloads, takes a typed path, and says how another folder is allowed', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: 'Use my photos…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await dialog.getByRole('button', { name: 'Browse folders' }).click()
    const folders = page.getByRole('dialog', { name: 'Choose a folder' })
    await folders.getByRole('button', { name: 'Documents' }).click()
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

  test('choosing model.json in the dialog opens the network of its folder', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: 'Use my photos…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Use my photos' })
    await dialog.getByRole('button', { name: 'Browse folders' }).click()
    const folders = page.getByRole('dialog', { name: 'Choose a folder' })
    await folders.getByLabel('Path').fill('~/Documents/Field photos 2024')
    await folders.getByRole('button', { name: 'Use this folder' }).click()
    await dialog.getByRole('button', { name: 'Choose a model file…' }).click()
    const models = page.getByRole('dialog', { name: 'Choose a model' })
    await models.getByRole('button', { name: 'Downloads' }).click()
    await models.getByRole('button', { name: 'mobilenet' }).click()
    await models.getByRole('button', { name: 'model.json' }).click()
    await dialog.getByRole('button', { name: 'Open the graph' }).click()
    await page.getByRole('button', { name: 'No problems' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})
