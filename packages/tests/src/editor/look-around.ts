import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { editorCannotRun } from './editor-under-test.js'

const axe =
  editorCannotRun === null ? readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') : ''

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[]
}

/**
 * What axe finds on the page as it is, in one line each. By `evaluate`, because the page's policy refuses foreign
 * scripts.
 * @param rules those to hold the page against; none: all
 */
async function violationsOn(page: Page, rules: readonly string[]): Promise<readonly string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe)
  const options = { resultTypes: ['violations'], ...(rules.length > 0 && { runOnly: { type: 'rule', values: rules } }) }
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as {
    readonly violations: readonly Violation[]
  }
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} at ${nodes
        .slice(0, 3)
        .map(
          ({ target, failureSummary }) =>
            `${target.join(' ')} (${(failureSummary ?? '').split('\n').at(-1)?.trim() ?? ''})`,
        )
        .join('; ')}`,
  )
}

const images = process.env['GRAFT_E2E_IMAGES']

/** A theme is nothing but colours: the other rules found all there is to find in the first. */
const rulesOf = { light: [], dark: ['color-contrast', 'link-in-text-block'] } as const

/**
 * Looks at the page in both themes and keeps what axe finds, by place. With GRAFT_E2E_IMAGES, a folder: also what the
 * page looked like.
 */
export function lookAround(page: Page): {
  readonly look: (place: string) => Promise<void>
  readonly found: Record<string, readonly string[]>
} {
  const found: Record<string, readonly string[]> = {}
  const look = async (place: string): Promise<void> => {
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await page.locator(`html[data-theme="${theme}"]`).waitFor()
      await settled(page)
      if (images !== undefined)
        await page.screenshot({ path: join(images, `${place.replaceAll(' ', '-')}-${theme}.png`) })
      const violations = await violationsOn(page, rulesOf[theme])
      if (violations.length > 0) found[`${place}, ${theme}`] = violations
    }
  }
  return { look, found }
}

/**
 * Colours may fade when the theme changes, and axe would see them half way. An animation's end may start others, so
 * none may be left.
 */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    'document.getAnimations().every((animation) => animation.playState !== "running" || animation.effect.getComputedTiming().iterations === Infinity)',
  )
}
