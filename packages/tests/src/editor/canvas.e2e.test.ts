/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, useEditor } from './editor-under-test.js'
import { cardOf, keyboard, mouse } from './hands.js'
import { lookAround } from './look-around.js'
import { boxAtRest, canvasAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

const selectedCards = (page: Page): ReturnType<Page['locator']> => page.locator('.react-flow__node.selected')

async function openThree(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Open a file…' }).click()
  const file = { name: 'three.graft.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(graph)) }
  await (await chooser).setFiles(file)
  await cardOf(page, 'train').waitFor()
  await canvasAtRest(page)
}

describe.skipIf(editorCannotRun !== null)('hands on the canvas', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('a plain click on one of several selected nodes selects that one, so that M mutes nothing else', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } })
    await page.keyboard.press('Control+a')
    await expect.poll(() => selectedCards(page).count(), soon).toBe(3)
    await cardOf(page, 'train').locator('.card-title').click()
    await expect.poll(() => selectedCards(page).count(), soon).toBe(1)
    await page.keyboard.press('m')
    await page.locator('[aria-label*=", muted"]').first().waitFor()
    await expect.poll(() => page.locator('[aria-label*=", muted"]').count(), soon).toBe(1)
    await cardOf(page, 'split')
      .locator('.card-title')
      .click({ modifiers: ['Shift'] })
    await expect.poll(() => selectedCards(page).count(), soon).toBe(2)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a new note has the focus: what is typed is its text, not shortcuts', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await mouse.select(page, 'train')
    await page.keyboard.press('Shift+N')
    await page.keyboard.type('bmf')
    await page.locator('textarea:focus').waitFor()
    await expect.poll(() => page.locator('.note-text').inputValue(), soon).toBe('bmf')
    expect(await page.locator('[aria-label*=", muted"], [aria-label*=", bypassed"]').count()).toBe(0)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('Enter, Enter on a node changes no field', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await mouse.select(page, 'train')
    const epochs = page.locator('#inspector [data-field="epochs"] input').first()
    await expect.poll(() => epochs.inputValue(), soon).toBe('7')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.closest('[data-field]') !== null)
    await page.keyboard.press('Enter')
    await expect.poll(() => epochs.inputValue(), soon).toBe('7')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('nodes added with A come to the right of the selected one, wired, and never lie on each other', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await mouse.select(page, 'images')
    for (let count = 0; count < 3; count++) {
      await page.keyboard.press('a')
      await page.getByRole('combobox', { name: 'Search node types' }).fill('augment')
      await page.keyboard.press('Enter')
      await page.locator('.quick-add').waitFor({ state: 'detached' })
    }
    await page.getByRole('button', { name: 'Show everything' }).click()
    await expect.poll(() => page.locator('.react-flow__node').count(), soon).toBe(6)
    await canvasAtRest(page)
    const boxes = await page.locator('.react-flow__node').evaluateAll((cards) =>
      cards.map((card) => {
        const { left, top, right, bottom } = card.getBoundingClientRect()
        return { left, top, right, bottom }
      }),
    )
    expect(boxes).toHaveLength(6)
    const overlaps = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (other) =>
            one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom,
        ),
    )
    expect(overlaps).toEqual([])
    await page.locator('.status-text', { hasText: '6 nodes, 3 wires' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a node added from the list has the focus: M mutes it, arrows move it, Delete removes it', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await page.getByRole('navigation', { name: 'Node types' }).getByRole('button', { name: 'Augment' }).click()
    await page.locator('.react-flow__node[data-id="augment"]:focus').waitFor()
    await page.keyboard.press('m')
    await page.locator('.react-flow__node[data-id="augment"][aria-label*=", muted"]').waitFor()
    const before = (await cardOf(page, 'augment').boundingBox())?.x ?? 0
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(
      (x) => (document.querySelector('.react-flow__node[data-id="augment"]')?.getBoundingClientRect().x ?? 0) > x,
      before,
    )
    await page.keyboard.press('Delete')
    await cardOf(page, 'augment').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await context.close()
  })

  test('“Connect” asks for a port only where there are several', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await mouse.select(page, 'images')
    await page.keyboard.press('c')
    await page.getByRole('combobox', { name: /^Where to connect/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await mouse.select(page, 'train')
    await page.keyboard.press('c')
    await page.getByRole('combobox', { name: 'Port to connect from' }).waitFor()
    await context.close()
  })

  test('the form of Augment begins with its pictures, twice as wide as the form', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: /^Small and different/ }).click()
    await cardOf(page, 'augment').waitFor()
    await mouse.select(page, 'augment')
    const picture = page.locator('#inspector .previews-first img').first()
    await picture.waitFor()
    const [image, field, form] = await Promise.all([
      boxAtRest(picture),
      boxAtRest(page.locator('#inspector [data-field]').first()),
      boxAtRest(page.locator('#inspector')),
    ])
    expect(image.y).toBeLessThan(field.y)
    expect(image.width).toBeGreaterThan(1.6 * form.width)
    await context.close()
  })

  test('a frame’s menu writes on it, selects what is in it and removes it', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } })
    await page.keyboard.press('Control+a')
    await page.keyboard.press('f')
    const menu = async (item: string): Promise<void> => {
      await page.locator('.frame-handle').click({ button: 'right', position: { x: 120, y: 6 } })
      await page.getByRole('menuitem', { name: item }).click()
    }
    await menu('Write on the frame or note')
    await page.locator('.frame-title:focus').waitFor()
    await page.keyboard.type('All of it')
    await expect.poll(() => page.locator('.frame-title').inputValue(), soon).toBe('All of it')
    await page.keyboard.press('Escape')
    await menu('Select what is in the frame')
    await page.locator('.selection-count', { hasText: '3 selected' }).waitFor()
    await menu('Delete')
    await page.locator('.frame-handle').waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('.react-flow__node-card').count(), soon).toBe(3)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('the graph can be read and changed as JSON, as one edit; what is no graph says where it breaks', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    const { look, found } = lookAround(page)
    await keyboard.command(page, 'Show as JSON…')
    const dialog = page.getByRole('dialog', { name: 'Graph as JSON' })
    const text = dialog.getByLabel('The graph as JSON')
    const before = await text.inputValue()
    expect(JSON.parse(before)).toMatchObject({ name: 'Three nodes', nodes: { train: { params: { epochs: 7 } } } })
    await text.fill(before.replace('"epochs": 7', '"epochs": 7 7'))
    await dialog.getByText(/line \d+/).waitFor()
    await expect.poll(() => dialog.getByRole('button', { name: 'Use this' }).isDisabled(), soon).toBe(true)
    await look('json')
    // What was typed is there again after Escape.
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await keyboard.command(page, 'Show as JSON…')
    await expect.poll(() => text.inputValue(), soon).toContain('"epochs": 7 7')
    await dialog.getByRole('button', { name: 'Start over' }).click()
    await expect.poll(() => text.inputValue(), soon).toBe(before)
    await text.fill(before.replace('"epochs": 7', '"epochs": 9'))
    await dialog.getByRole('button', { name: 'Use this' }).click()
    await dialog.waitFor({ state: 'detached' })
    await mouse.select(page, 'train')
    const epochs = page.locator('#inspector [data-field="epochs"] input').first()
    await expect.poll(() => epochs.inputValue(), soon).toBe('9')
    await page.getByRole('button', { name: /^Undo/ }).click()
    // With it comes back what was selected then: nothing.
    await mouse.select(page, 'train')
    await expect.poll(() => epochs.inputValue(), soon).toBe('7')
    // Without positions it is laid out, not piled up on one spot.
    await keyboard.command(page, 'Show as JSON…')
    const { layout: _, ...bare } = JSON.parse(before) as { readonly layout: unknown }
    await text.fill(JSON.stringify(bare))
    await dialog.getByRole('button', { name: 'Use this' }).click()
    await dialog.waitFor({ state: 'detached' })
    await keyboard.command(page, 'Show as JSON…')
    const { layout } = JSON.parse(await text.inputValue()) as { readonly layout: { readonly positions: object } }
    expect(new Set(Object.values(layout.positions).map((place) => JSON.stringify(place))).size).toBe(3)
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })

  test('the tour and plugins are found by typing', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openThree(page)
    await keyboard.command(page, 'Plugins…')
    await page.getByRole('dialog', { name: 'Plugins' }).getByText('graft plugin add PATH').waitFor()
    await page.keyboard.press('Escape')
    await keyboard.command(page, 'Take the tour')
    await page.getByRole('region', { name: 'Tour' }).getByText('Three minutes to your own network').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})

const graph = {
  format: 'graft-graph',
  version: 1,
  name: 'Three nodes',
  nodes: {
    images: { type: 'sample-data', version: 1, params: {} },
    split: { type: 'split', version: 1, params: {} },
    train: { type: 'train', version: 1, params: { epochs: 7 } },
  },
  edges: [{ from: { node: 'images', port: 'images' }, to: { node: 'split', port: 'images' } }],
  layout: { positions: { images: { x: 0, y: 0 }, split: { x: 400, y: 0 }, train: { x: 800, y: 0 } } },
}

describe.skipIf(editorCannotRun !== null)('nothing is lost silently', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('a template that was only opened makes no draft, comes back on reload, and becomes one with the first edit', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await page.getByRole('button', { name: /^Small and similar/ }).click()
    await cardOf(page, 'train').waitFor()
    await page.reload()
    await cardOf(page, 'train').waitFor()
    await page.goto(editor.runner.address)
    await page.getByRole('heading', { name: 'Your graphs' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Not saved yet' }).count()).toBe(0)
    await page.getByRole('button', { name: /^Small and similar/ }).click()
    await mouse.select(page, 'train')
    await page.keyboard.press('m')
    await page.locator('[aria-label*=", muted"]').first().waitFor()
    await page.goto(`${editor.runner.address}/#/`)
    const drafts = page.getByRole('region', { name: 'Not saved yet' })
    await drafts.getByRole('link', { name: /Small and similar/ }).waitFor()
    await drafts.getByRole('button', { name: 'Discard Small and similar' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await drafts.getByRole('link', { name: /Small and similar/ }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('an address of a graph that was never saved here says so', async () => {
    const { page, context } = await openPage(editor.browser, `${editor.runner.address}/#/edit/new-elsewhere`)
    await page.getByText('neither this browser nor the server has a copy of it').waitFor()
    await context.close()
  })
})
