/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { editorCannotRun, formOf, openPage, useEditor } from './editor-under-test.js'
import { cardOf } from './hands.js'
import { lookAround } from './look-around.js'
import { boxAtRest, canvasAtRest, soon } from './rest.js'

if (editorCannotRun !== null) console.log(`Skipping the editor's end-to-end tests: ${editorCannotRun}.`)

const phone = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }
/** A window of 1440 x 900 at 200%. */
const magnified = { viewport: { width: 720, height: 450 } }

/** Pairs of controls in these places that lie on each other, by their names. */
const overlaps = (places: Locator): Promise<readonly string[]> =>
  places.evaluateAll((roots) =>
    roots.flatMap((root) => {
      const controls = [...root.querySelectorAll('button, input, a')]
        .map((element) => ({
          name: element.getAttribute('aria-label') ?? element.textContent,
          box: element.getBoundingClientRect(),
        }))
        .filter(({ box }) => box.width > 0 && box.height > 0)
      return controls.flatMap((one, index) =>
        controls
          .slice(index + 1)
          .filter(
            ({ box }) =>
              one.box.left < box.right - 1 &&
              box.left < one.box.right - 1 &&
              one.box.top < box.bottom - 1 &&
              box.top < one.box.bottom - 1,
          )
          .map((other) => `${one.name} / ${other.name}`),
      )
    }),
  )

/** How many pixels of an element's content are beyond the right edge of the window. */
const beyond = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Math.max(
      document.documentElement.scrollWidth - innerWidth,
      ...[...document.querySelectorAll('.start-main *, .top-bar *, .status-bar *, dialog[open], dialog[open] *')]
        .filter((element) => element.closest('.visually-hidden, svg, [class*="scroll"], pre, table') === null)
        .map((element) => element.getBoundingClientRect().right - innerWidth),
    ),
  )

async function openTemplate(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Small and similar/ }).click()
  await cardOf(page, 'strip').waitFor()
  await canvasAtRest(page)
}

/** A finger that comes down, stays until a menu is there, and leaves. */
async function longPress(page: Page, place: { readonly x: number; readonly y: number }, menu: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [place] })
  await page.getByRole('menu', { name: menu }).waitFor()
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await session.detach()
}

describe.skipIf(editorCannotRun !== null)('small windows, fingers and chosen colours', { timeout: 300_000 }, () => {
  const editor = useEditor()

  for (const [name, size] of [
    ['390 pixels', phone],
    ['200% zoom', magnified],
  ] as const) {
    test(`at ${name} start page, bars and dialogs fit the window, and no button lies on another`, async () => {
      const { page, context, complaints } = await openPage(editor.browser, editor.runner.address, 'light', size)
      await page.getByRole('button', { name: /^Small and similar/ }).waitFor()
      await expect.poll(() => beyond(page), soon).toBeLessThanOrEqual(0)
      await expect.poll(() => overlaps(page.locator('.start')), soon).toEqual([])
      await page.getByRole('button', { name: 'Use my photos…' }).click()
      await page.getByRole('dialog').waitFor()
      await expect.poll(() => beyond(page), soon).toBeLessThanOrEqual(0)
      await expect.poll(() => overlaps(page.getByRole('dialog')), soon).toEqual([])
      await page.keyboard.press('Escape')
      await openTemplate(page)
      await expect.poll(() => overlaps(page.locator('.top-bar, .status-bar, .react-flow__panel')), soon).toEqual([])
      await cardOf(page, 'strip').locator('.card-header').dispatchEvent('click')
      await formOf(page, 'strip')
      await expect.poll(() => overlaps(page.locator('.top-bar')), soon).toEqual([])
      await expect.poll(() => beyond(page), soon).toBeLessThanOrEqual(0)
      for (const key of ['Control+k', '?', '/']) {
        await page.locator('#canvas').focus()
        await page.keyboard.press(key)
        await page.getByRole('dialog').waitFor()
        await expect.poll(() => beyond(page), { ...soon, message: key }).toBeLessThanOrEqual(0)
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      expect(complaints).toEqual([])
      await context.close()
    })
  }

  test('at 820 pixels the node list comes when its button is pressed, and goes when a node was added', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address, 'light', {
      viewport: { width: 820, height: 1000 },
      hasTouch: true,
    })
    await openTemplate(page)
    const list = page.getByRole('navigation', { name: 'Node types' })
    const button = page.getByRole('button', { name: 'Node list' })
    await list.waitFor({ state: 'detached' })
    await expect.poll(() => button.getAttribute('aria-pressed'), soon).toBe('false')
    await button.tap()
    await list.getByRole('button', { name: 'Augment' }).tap()
    await list.waitFor({ state: 'detached' })
    await formOf(page, 'augment')
    await context.close()
  })

  test('a long press opens the menu of a node, of a wire’s place and of the canvas; a drag does not', async () => {
    const { page, context, complaints } = await openPage(editor.browser, editor.runner.address, 'light', phone)
    await openTemplate(page)
    const header = await boxAtRest(cardOf(page, 'backbone').locator('.card-header'))
    await longPress(page, { x: header.x + 60, y: header.y + 10 }, 'Node')
    await page.getByRole('menu', { name: 'Node' }).getByRole('menuitem', { name: 'Mute' }).tap()
    await page.locator('.react-flow__node[data-id="backbone"][aria-label*=", muted"]').waitFor()
    // On a phone the form lies over the canvas while a node is selected.
    await page.getByRole('button', { name: 'Close the inspector' }).tap()
    await longPress(page, { x: 200, y: 120 }, 'Canvas')
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    const session = await page.context().newCDPSession(page)
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 200, y: 140 }] })
    for (let step = 1; step <= 10; step++) {
      await session.send('Input.dispatchTouchEvent', {
        type: 'touchMove',
        touchPoints: [{ x: 200, y: 140 + 8 * step }],
      })
      // The finger takes longer on its way than a long press takes: that is what is tried here.
      await page.waitForTimeout(70)
    }
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    expect(await page.getByRole('menu').count()).toBe(0)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a port is about 40 pixels wide for a finger, and drawn larger than for a mouse', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address, 'light', phone)
    await openTemplate(page)
    const [drawn, reach] = await cardOf(page, 'strip')
      .locator('.react-flow__handle')
      .first()
      .evaluate((handle) => [
        parseFloat(getComputedStyle(handle).width),
        parseFloat(getComputedStyle(handle, '::after').width),
      ])
    expect(drawn).toBeGreaterThan(12)
    expect((reach ?? 0) * 0.75).toBeGreaterThanOrEqual(38)
    await context.close()
  })

  test('with the system’s colours cards have outlines, the selected one another, and wires can be seen', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address, 'light', {
      forcedColors: 'active',
    })
    await openTemplate(page)
    await cardOf(page, 'strip').locator('.card-header').dispatchEvent('click')
    await formOf(page, 'strip')
    const outline = (id: string): Promise<string> =>
      cardOf(page, id)
        .locator('.card')
        .evaluate((card) => {
          const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(card)
          return `${outlineStyle} ${outlineWidth} ${outlineColor}`
        })
    await expect.poll(() => outline('backbone'), soon).toMatch(/^solid 1px/)
    await expect.poll(() => outline('strip'), soon).toMatch(/^solid 4px/)
    const [wire, ground] = await page.evaluate(() => [
      getComputedStyle(document.querySelector('.wire') ?? document.body).stroke,
      getComputedStyle(document.body).backgroundColor,
    ])
    expect(wire).not.toBe(ground)
    const { look, found } = lookAround(page)
    await look('forced colours')
    expect(found).toEqual({})
    await context.close()
  })

  test('for people who ask for more contrast cards have outlines too', async () => {
    const { page, context } = await openPage(editor.browser, editor.runner.address, 'dark', { contrast: 'more' })
    await openTemplate(page)
    const style = await cardOf(page, 'strip')
      .locator('.card')
      .evaluate((card) => getComputedStyle(card).outlineStyle)
    expect(style).toBe('solid')
    const { look, found } = lookAround(page)
    await look('more contrast')
    expect(found).toEqual({})
    await context.close()
  })
})
