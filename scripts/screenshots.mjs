// `npm run screenshots`: makes the images of docs/images from the editor as built, on the embedded data, in light and
// dark. `npm run screenshots -- results compare` makes only those. Needs a Chromium (GRAFT_CHROMIUM, else
// /usr/bin/chromium).
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'docs/images')
const chromiumPath = process.env['GRAFT_CHROMIUM'] ?? '/usr/bin/chromium'
const largest = 350_000
const themes = ['light', 'dark']

/** What is shown, in the order in which the images come about: each goes on from the page of the one before. */
const images = {
  start: startPage,
  network: networkPicker,
  results: resultsOfARun,
  compare: comparisonOfTwoRuns,
  training: canvasWhileTraining,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in images))
if (unknown.length > 0)
  fail(`There is no image "${unknown.join('", "')}"; expected some of: ${Object.keys(images).join(', ')}.`)
if (!existsSync(chromiumPath)) fail(`There is no browser at ${chromiumPath}. Set GRAFT_CHROMIUM to a Chromium.`)
if (!existsSync(join(root, 'apps/editor/dist/index.html'))) fail('The editor is not built. Run: npm run build')

const home = mkdtempSync(join(tmpdir(), 'graft-screenshots-'))
const runner = spawn(
  process.execPath,
  [join(root, 'apps/runner/bin/graft.mjs'), 'serve', '--port', '0', '--data-root', home, '--quiet'],
  { env: { ...process.env, GRAFT_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
)
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none', '--force-color-profile=srgb'],
})
try {
  mkdirSync(folder, { recursive: true })
  const address = await addressOf(runner)
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 2,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  // The offer of a tour is for newcomers.
  await page.addInitScript(() => localStorage.setItem('graft.tour', 'seen'))
  for (const [name, show] of Object.entries(images)) {
    await page.goto(address)
    if (wanted.length === 0 || wanted.includes(name)) await show(page, name)
  }
} finally {
  await browser.close()
  runner.kill('SIGTERM')
  rmSync(home, { recursive: true, force: true })
}

async function startPage(page, name) {
  await page.getByRole('button', { name: /^Small and similar/ }).waitFor()
  await shoot(page, name)
}

async function networkPicker(page, name) {
  await openTemplate(page, /^Small and different/)
  await choose(page, 'strip')
  await page.locator('.network-stack').waitFor()
  await shoot(page, name)
}

/** In the second phase, so that the curves tell something. */
async function canvasWhileTraining(page, name) {
  await openTemplate(page, /^Large and similar/)
  await run(page)
  await page.getByRole('slider', { name: 'Accuracy by epoch' }).waitFor({ timeout: 120_000 })
  await page.waitForFunction(
    () =>
      Number(document.querySelector('[role="slider"][aria-label^="Accuracy"]')?.getAttribute('aria-valuemax')) >= 14,
    undefined,
    { timeout: 300_000 },
  )
  await shoot(page, name)
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await status(page, 'Cancelled')
}

async function resultsOfARun(page, name) {
  await openTemplate(page, /^Small and similar/)
  await run(page)
  await status(page, 'Done')
  await page.getByRole('button', { name: 'Larger panel' }).click()
  await page.getByRole('tab', { name: 'Results' }).click()
  await page.locator('.loss-tile img').first().waitFor()
  await shoot(page, name)
}

/** Two cuts of the same network. */
async function comparisonOfTwoRuns(page, name) {
  await openTemplate(page, /^Small and similar/)
  await run(page)
  await status(page, 'Done')
  await choose(page, 'strip')
  await page.getByRole('slider', { name: 'Cut after' }).press('ArrowUp')
  await page.getByRole('slider', { name: 'Cut after' }).press('ArrowUp')
  await rest(page)
  await run(page)
  await page.locator('.run-line .run-stale').waitFor({ state: 'detached' })
  await status(page, 'Done')
  await page.getByRole('button', { name: 'Larger panel' }).click()
  await page.getByRole('button', { name: 'History' }).click()
  const boxes = page.getByRole('checkbox', { name: /^Compare the run of/ })
  await boxes.nth(0).check()
  await boxes.nth(1).check()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.getByText(/McNemar’s test on/).waitFor()
  await shoot(page, name)
}

async function openTemplate(page, title) {
  await page.getByRole('button', { name: title }).click()
  await page.locator('.react-flow__node').first().waitFor()
}

async function choose(page, node) {
  await page.locator(`.react-flow__node[data-id="${node}"] .card-title`).click()
  await page.locator('#inspector h2').waitFor()
}

/** Nothing selected, all in view. */
async function rest(page) {
  await page.locator('#canvas').focus()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Show everything' }).click()
}

async function run(page) {
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

async function status(page, word) {
  await page.locator('.run-line .status-pill', { hasText: word }).waitFor({ timeout: 180_000 })
}

/** One image per theme, in as few colours as they need: pages are mostly flat. */
async function shoot(page, name) {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.locator(`html[data-theme="${theme}"]`).waitFor()
    await page.mouse.move(720, 4)
    // Fonts and images are there, and the last frame is drawn.
    await page.evaluate(async () => {
      await document.fonts.ready
      await Promise.all(
        [...document.images]
          .filter((image) => image.getBoundingClientRect().top < innerHeight)
          .map((image) => image.decode().catch(() => undefined)),
      )
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    })
    const file = join(folder, `${name}-${theme}.png`)
    const { size } = await sharp(await page.screenshot({ caret: 'hide' }))
      .png({ palette: true, quality: 100, dither: 0, effort: 10, compressionLevel: 9 })
      .toFile(file)
    console.log(`${file}: ${Math.round(size / 1000)} kB`)
    if (size > largest)
      throw new Error(`${file} has ${size} bytes; expected at most ${largest}, so that the README stays quick to load.`)
  }
}

function addressOf(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk) => {
      text += chunk
      const found = /Graft is at (http:\/\/\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => reject(new Error(`graft serve ended with ${code} before it listened:\n${text}`)))
  })
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
