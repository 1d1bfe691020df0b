/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, openPage, openShortTemplate, useEditor, waitForRun } from './editor-under-test.js'
import { cardOf, keyboard } from './hands.js'
import { lookAround } from './look-around.js'
import { canvasAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

const wireId = 'split.train -> train.train'

async function openTemplate(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Small and similar/ }).click()
  await cardOf(page, 'strip').waitFor()
  await canvasAtRest(page)
}

/** A place on the drawn wire, in pixels of the screen. */
const onWire = (page: Page): Promise<{ readonly x: number; readonly y: number }> =>
  page.locator(`.react-flow__edge[data-id="${wireId}"] .react-flow__edge-path`).evaluate((path: SVGPathElement) => {
    const point = path.getPointAtLength(path.getTotalLength() * 0.4)
    const { x, y } = point.matrixTransform(path.getScreenCTM() ?? undefined)
    return { x, y }
  })

describe.skipIf(editorCannotRun !== null)('how the canvas is drawn is up to the person', { timeout: 300_000 }, () => {
  const editor = useEditor()

  test('a double click leads a wire through a point, which mouse and keys move and remove', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page)
    const place = await onWire(page)
    await page.mouse.dblclick(place.x, place.y)
    const point = page.locator('.wire-point')
    await page.locator('.wire-point:focus').waitFor()
    const at = async (): Promise<number> => Math.round((await point.boundingBox())?.y ?? 0)
    const first = await at()
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction(
      ([y]) => Math.round(document.querySelector('.wire-point')?.getBoundingClientRect().y ?? 0) > (y ?? 0),
      [first],
    )
    const box = await point.boundingBox()
    await page.mouse.move((box?.x ?? 0) + 6, (box?.y ?? 0) + 6)
    await page.mouse.down()
    await page.mouse.move((box?.x ?? 0) + 30, (box?.y ?? 0) + 90, { steps: 4 })
    await page.mouse.up()
    await expect.poll(at, soon).toBeGreaterThan(first + 60)
    const path = page.locator(`.react-flow__edge[data-id="${wireId}"] .react-flow__edge-path`)
    const leadsThrough = (): Promise<boolean> =>
      path.evaluate((line: SVGPathElement) => {
        const dot = document.querySelector('.wire-point')?.getBoundingClientRect()
        const middle = { x: (dot?.x ?? 0) + (dot?.width ?? 0) / 2, y: (dot?.y ?? 0) + (dot?.height ?? 0) / 2 }
        return Array.from({ length: 400 }, (_, step) => line.getPointAtLength((line.getTotalLength() * step) / 400))
          .map((each) => each.matrixTransform(line.getScreenCTM() ?? undefined))
          .some(({ x, y }) => Math.hypot(x - middle.x, y - middle.y) < 6)
      })
    await expect.poll(leadsThrough, { ...soon, message: 'the wire leads through it' }).toBe(true)
    await point.focus()
    await page.keyboard.press('Delete')
    await point.waitFor({ state: 'detached' })
    await page.locator('.status-text', { hasText: '10 nodes, 16 wires' }).waitFor()
    await page.keyboard.press('Control+z')
    await point.waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  test('by keys alone: R leads the selected wire through a point that has the focus', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page)
    await page.locator(`.react-flow__edge[data-id="${wireId}"]`).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('r')
    await page.locator('.wire-point:focus').waitFor()
    await page.keyboard.press('Escape')
    await keyboard.command(page, 'Remove the wire’s points')
    await page.locator('.wire-point').waitFor({ state: 'detached' })
    await context.close()
  })

  test('a node is collapsed to its title and coloured, with its wires still at it', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page)
    const card = cardOf(page, 'strip')
    await card.locator('.card-header').click()
    await page.keyboard.press('h')
    await page.locator('.react-flow__node[data-id="strip"] .card-collapsed').waitFor()
    await canvasAtRest(page)
    const zoom = await page.locator('.canvas-zoom').innerText()
    expect(((await card.boundingBox())?.height ?? 0) / (parseInt(zoom, 10) / 100)).toBeCloseTo(38, 0)
    const gap = await page.evaluate(() => {
      const path = document.querySelector<SVGPathElement>(
        '.react-flow__edge[data-id="backbone.model -> strip.model"] .react-flow__edge-path',
      )
      const end = path?.getPointAtLength(path.getTotalLength()).matrixTransform(path.getScreenCTM() ?? undefined)
      const box = document.querySelector('.react-flow__node[data-id="strip"]')?.getBoundingClientRect()
      return [
        Math.abs((end?.x ?? 0) - (box?.left ?? 0)),
        Math.abs((end?.y ?? 0) - (box?.top ?? 0) - (box?.height ?? 0) / 2),
      ]
    })
    expect(Math.max(...gap)).toBeLessThan(8)
    await keyboard.command(page, 'Colour red')
    await page.locator('.react-flow__node[data-id="strip"] .card-colored').waitFor()
    const { look, found } = lookAround(page)
    await look('a collapsed coloured node')
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })

  test('nodes are grouped into one with ports of its own, opened, closed, and ungrouped, and run as before', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openShortTemplate(page, 2)
    for (const id of ['strip', 'head', 'freeze'])
      await cardOf(page, id)
        .locator('.card-header')
        .click({ modifiers: id === 'strip' ? [] : ['Shift'] })
    await page.keyboard.press('Control+g')
    const group = page.locator('.react-flow__node[data-id="group:group"]')
    await group.waitFor()
    await cardOf(page, 'head').waitFor({ state: 'detached' })
    await expect.poll(() => group.locator('.port-title').allInnerTexts(), soon).toEqual(['Model', 'Model', 'Images'])
    await page.locator('.status-text', { hasText: '10 nodes, 16 wires' }).waitFor()
    const { look, found } = lookAround(page)
    await look('a group')
    await group.getByRole('button', { name: 'Open the group Group' }).click()
    await cardOf(page, 'head').waitFor()
    await page.getByRole('textbox', { name: 'Title of the group' }).fill('The network')
    await look('an open group')
    await page.getByRole('button', { name: 'Close the group The network' }).click()
    await cardOf(page, 'head').waitFor({ state: 'detached' })
    // With another node it goes into a group around both, which is taken away again.
    await page.getByRole('button', { name: 'Show everything' }).click()
    await canvasAtRest(page)
    await group.locator('.card-title').click()
    await cardOf(page, 'backbone')
      .locator('.card-header')
      .click({ modifiers: ['Shift'] })
    await page.keyboard.press('Control+g')
    const outer = page.locator('.react-flow__node[data-id="group:group-2"]')
    await outer.getByText('4 nodes').waitFor()
    await group.waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await group.waitFor()
    await look('a group in a group')
    await page.keyboard.press('Control+Shift+G')
    await outer.waitFor({ state: 'detached' })
    await group.locator('.card-title').click()
    await page.keyboard.press('Control+Enter')
    await waitForRun(page, 'Done')
    await group.getByText('3 nodes · done').waitFor()
    // The group is still what is selected.
    await page.locator('#canvas').focus()
    await page.keyboard.press('Control+Shift+G')
    await cardOf(page, 'head').waitFor()
    await page.locator('[data-id^="group:"]').first().waitFor({ state: 'detached' })
    expect(found).toEqual({})
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a note draws its Markdown, and its links open outside', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address)
    await openTemplate(page)
    await page.mouse.move(900, 800)
    await page.keyboard.press('Shift+N')
    await page.locator('textarea:focus').waitFor()
    await page.keyboard.type('# Why\n**Freeze** it\n- see [paper](https://example.org/p)\n<b>no</b>')
    await page.keyboard.press('Escape')
    // The template has a note of its own.
    const note = page.locator('.note-view').last()
    await expect.poll(() => note.locator('strong').innerText(), soon).toBe('Freeze')
    const link = note.getByRole('link', { name: 'paper' })
    expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
      '_blank',
      'noopener noreferrer',
    ])
    expect(await note.locator('b').count()).toBe(0)
    const { look, found } = lookAround(page)
    await look('a note')
    expect(found).toEqual({})
    await note.dblclick({ position: { x: 20, y: 20 } })
    await page.locator('textarea:focus').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})
