import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const chromiumPath = process.env['GRAFT_CHROMIUM'] ?? '/usr/bin/chromium'
const built = process.env['GRAFT_EDITOR'] ?? join(root, 'apps/editor/dist')
export const realData = process.env['GRAFT_REAL_DATA'] ?? join(root, '../shared/real')

/** Why the editor can't be tested here; null: it can. */
export const editorCannotRun: string | null =
  [
    existsSync(chromiumPath) ? null : `there is no browser at ${chromiumPath} (set GRAFT_CHROMIUM)`,
    existsSync(join(built, 'index.html')) ? null : 'the editor is not built (npm run build)',
    existsSync(join(root, 'apps/runner/dist/programs/graft.js')) ? null : 'the runner is not built (npm run build)',
  ].find((reason) => reason !== null) ?? null

export interface RunnerUnderTest {
  readonly address: string
  /** As by a power cut: no farewell. */
  readonly kill: () => Promise<void>
  /** Again, with the same home and on the same port. */
  readonly restart: () => Promise<void>
  /** Again, on the same port, with nothing in its home. */
  readonly beginAnew: () => Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * Starts `graft serve` (with more `words`) with a home of its own and, where it is there, the real data; for a `person`,
 * by the folder that is their home, without naming any folder.
 */
export async function startRunner(words: readonly string[] = [], person?: string): Promise<RunnerUnderTest> {
  const home = mkdtempSync(join(tmpdir(), 'graft-e2e-'))
  // A copy: a build in the meantime would take parts away that the page loads later.
  const editor = join(home, 'editor')
  cpSync(built, editor, { recursive: true })
  let child: ChildProcess | null = null
  const start = async (port: string): Promise<string> => {
    const roots = existsSync(realData) ? realData : home
    child = spawn(
      process.execPath,
      [
        join(root, 'apps/runner/bin/graft.mjs'),
        'serve',
        '--port',
        port,
        ...(person === undefined ? ['--data-root', roots] : []),
        '--editor',
        editor,
        ...words,
      ],
      {
        env: { ...process.env, GRAFT_HOME: home, ...(person !== undefined && { HOME: person }) },
        cwd: person ?? process.cwd(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return addressFrom(child)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    if (ending === null || ending.exitCode !== null) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill(signal)
    await gone
  }
  const address = await start('0')
  return {
    address,
    kill: () => end('SIGKILL'),
    restart: async () => void (await start(new URL(address).port)),
    beginAnew: async () => {
      await end('SIGKILL')
      for (const name of readdirSync(home))
        if (name !== 'editor') rmSync(join(home, name), { recursive: true, force: true })
      await start(new URL(address).port)
    },
    stop: async () => {
      await end('SIGTERM')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function addressFrom(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer): void => {
      text += chunk.toString()
      const found = /Graft is at (http:\/\/\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found.replace('localhost', '127.0.0.1'))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`graft serve ended with ${code} before it listened:\n${text}`)))
  })
}

export async function startBrowser(): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

export interface OpenPage {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors of the page and requests to other places; a test expects none. */
  readonly complaints: readonly string[]
}

/** A fresh browser profile at the start page. */
export async function openPage(
  browser: Browser,
  address: string,
  theme: 'light' | 'dark' = 'light',
  more: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1760, height: 1000 },
    colorScheme: theme,
    acceptDownloads: true,
    reducedMotion: 'reduce',
    ...more,
  })
  context.setDefaultTimeout(Number(process.env['GRAFT_E2E_PATIENCE'] ?? 60_000))
  const page = await context.newPage()
  onTestFailed(async () => {
    await keepImageOfFailure(page)
    // Nothing of it is left beside the second try.
    await context.close()
  })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol.startsWith('http') && host !== new URL(address).host) complaints.push(`request to ${request.url()}`)
  })
  await slowDown(page)
  await page.goto(address)
  return { context, page, complaints }
}

/** With GRAFT_E2E_SLOWER, a factor: the page computes so many times slower, as on a busy machine. */
export async function slowDown(page: Page): Promise<void> {
  const rate = Number(process.env['GRAFT_E2E_SLOWER'] ?? 1)
  if (rate <= 1) return
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate })
}

let failures = 0

/** With GRAFT_E2E_IMAGES, a folder: what the page looked like when a test failed. */
async function keepImageOfFailure(page: Page): Promise<void> {
  const folder = process.env['GRAFT_E2E_IMAGES']
  if (folder !== undefined && !page.isClosed())
    await page.screenshot({ path: join(folder, `failure-${++failures}.png`) })
}

/** Opens the template and makes its training short. */
export async function openShortTemplate(page: Page, epochs: number): Promise<void> {
  await page.getByRole('button', { name: /^Small and similar/ }).click()
  await selectNode(page, 'train')
  await page.getByRole('spinbutton', { name: 'Epochs', exact: true }).fill(String(epochs))
  await page.keyboard.press('Tab')
}

export async function selectNode(page: Page, id: string): Promise<void> {
  const card = page.locator(`.react-flow__node[data-id="${id}"]`)
  // Cards out of sight are not in the page.
  await page.getByRole('button', { name: 'Show everything' }).click()
  await card.waitFor()
  // At its header, and by event: a card may lie under a panel at this size of window.
  await card.locator('.card-header').dispatchEvent('click')
  await formOf(page, id)
}

/** Waits for the form of this node. */
export const formOf = (page: Page, id: string): Promise<void> =>
  page.locator('#inspector .form-header code', { hasText: new RegExp(`^${id}$`) }).waitFor()

type RunWord = 'Done' | 'Failed' | 'Cancelled' | 'Interrupted' | 'Running'

/** Waits until the run stands so; throws at once, with what the page says, when it has ended otherwise. */
export async function waitForRun(page: Page, status: RunWord, timeout = 150_000): Promise<void> {
  const words: readonly RunWord[] = status === 'Running' ? ['Running', 'Done', 'Failed'] : [status, 'Done', 'Failed']
  await page
    .locator('.run-line .status-pill', { hasText: new RegExp(words.join('|')) })
    .waitFor({ timeout })
    .catch(async () => {
      throw new Error(
        `Expected the run to be ${status}; the page says: ${(await page.locator('.run-drawer, .run-controls, .toasts').allInnerTexts()).join(' | ')}`,
      )
    })
  const now = await page.locator('.run-line .status-pill').innerText()
  if (now !== status)
    throw new Error(
      `Expected the run to be ${status}, but it is ${now}: ${(await page.locator('.run-failures').allInnerTexts()).join(' ')}`,
    )
}

/**
 * What the tests of a file share: a runner of their own and a browser, started before the first and ended after the
 * last.
 */
export interface SharedEditor {
  readonly runner: RunnerUnderTest
  readonly browser: Browser
}

/**
 * Call it in a `describe`; the fields are there in its tests. `flags` for `graft serve` are asked for when it starts.
 */
export function useEditor(flags: () => readonly string[] = () => [], timeout?: number, person?: string): SharedEditor {
  let shared: Partial<SharedEditor> = {}
  beforeAll(async () => {
    const runner = await startRunner(flags(), person)
    shared = { runner }
    shared = { runner, browser: await startBrowser() }
  }, timeout)
  // Runs that the first try left behind would be in the way of the second.
  beforeEach(async ({ task }) => {
    if ((task.result?.retryCount ?? 0) > 0) await shared.runner?.beginAnew()
  }, timeout)
  afterAll(async () => {
    await shared.browser?.close()
    await shared.runner?.stop()
  })
  const started = <Name extends keyof SharedEditor>(name: Name): SharedEditor[Name] => {
    const part = shared[name]
    if (part === undefined) throw new Error(`The ${name} is not started yet; use it inside a test.`)
    return part as SharedEditor[Name]
  }
  return {
    get runner() {
      return started('runner')
    },
    get browser() {
      return started('browser')
    },
  }
}
