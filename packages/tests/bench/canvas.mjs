// How long a frame takes while a node is dragged in a graph of 500 nodes and 700 wires, and how much JavaScript the page loads first.
//   node packages/tests/bench/canvas.mjs [--nodes 500] [--edges 700] [--frames 240] [--check]
// Frames are measured without the limit of the screen's rate, so that a frame is as long as its work: script, style, layout and paint by the
// software renderer of headless Chromium. Two views: at 100 %, as people work, and with the whole graph in view. Needs a built editor (npm run build).
// Prints the figures and writes them to results/canvas.json; with --check, misses of the targets are an error.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const dist = join(root, 'apps/editor/dist')
const { values } = parseArgs({ options: { nodes: { type: 'string', default: '500' }, edges: { type: 'string', default: '700' }, frames: { type: 'string', default: '240' }, check: { type: 'boolean', default: false } } })
const targets = { median: 16, p95: 33, firstLoad: 350_000 }

const executablePath = [process.env.GRAFT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
if (executablePath === undefined) {
  console.log('Skipped: no Chromium found. Set GRAFT_CHROMIUM to the path of one.')
  process.exit(0)
}
if (!existsSync(join(dist, 'index.html'))) throw new Error('The editor is not built: run `npm run build` first.')

const home = mkdtempSync(join(tmpdir(), 'graft-canvas-'))
const server = spawn(process.execPath, [join(root, 'apps/runner/bin/graft.mjs'), 'serve', '--port', '0', '--quiet', '--data-root', home], { env: { ...process.env, GRAFT_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-frame-rate-limit', '--disable-gpu-vsync'] })
try {
  const address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => { const match = /http:\S+/.exec(String(text)); if (match) resolve(match[0]) })
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const loaded = new Map()
  page.on('response', (response) => { const { pathname } = new URL(response.url()); if (pathname.endsWith('.js')) loaded.set(pathname, gzipSync(readFileSync(join(dist, pathname)), { level: 9 }).length) })
  await page.goto(`${address}/`, { waitUntil: 'networkidle' })
  const firstLoad = [...loaded.values()].reduce((total, bytes) => total + bytes, 0)

  await page.evaluate((text) => localStorage.setItem('graft.draft.new-bench', text), JSON.stringify({ savedAt: 0, origin: null, document: largeGraph(Number(values.nodes), Number(values.edges)) }))
  await page.goto(`${address}/#/edit/new-bench`)
  await page.waitForSelector('.card')
  await page.waitForTimeout(2000)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const whole = await drag(page, session, Number(values.frames))
  await page.keyboard.press('0')
  await page.waitForTimeout(800)
  const close = await drag(page, session, Number(values.frames))
  const report = { date: new Date().toISOString(), machine: { cores: availableParallelism(), cpu: cpus()[0]?.model }, nodes: Number(values.nodes), edges: Number(values.edges), frames: Number(values.frames), at100: close, wholeGraph: whole, firstLoadBytes: firstLoad, targets }
  mkdirSync(join(root, 'packages/tests/bench/results'), { recursive: true })
  writeFileSync(join(root, 'packages/tests/bench/results/canvas.json'), `${JSON.stringify(report, null, 2)}\n`)
  for (const [name, { median, p95, worst, drawn, busy }] of [['at 100 %', close], ['whole graph in view', whole]]) console.log(`drag, ${name}: median ${median} ms, p95 ${p95} ms, worst ${worst} ms a frame; ${busy} ms of it busy on the page's thread on average (${drawn} cards drawn)`)
  console.log(`first load: ${Math.round(firstLoad / 1000)} kB of compressed JavaScript in ${loaded.size} files`)
  const missed = [close, whole].some(({ median, p95 }) => median >= targets.median || p95 >= targets.p95) || firstLoad >= targets.firstLoad
  console.log(missed ? `Targets missed: median < ${targets.median} ms, p95 < ${targets.p95} ms, first load < ${targets.firstLoad / 1000} kB.` : 'All targets met.')
  if (missed && values.check) process.exitCode = 1
} finally {
  await browser.close()
  server.kill()
  rmSync(home, { recursive: true, force: true })
}

/**
 * Drags the card nearest to the middle around; one move of the mouse in every frame. `busy` is processor time of the page's thread,
 * which other programs on the machine don't add to, as they do to the times of frames.
 */
async function drag(page, session, frames) {
  const busy = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000
  const { id, drawn, start } = await page.evaluate(findCard)
  const before = await busy()
  const times = await page.evaluate(dragCard, { id, start, frames, warmUp: 20 })
  return { ...times, drawn, busy: Math.round(100 * ((await busy()) - before) / (frames + 20)) / 100 }
}

function findCard() {
  const canvas = document.querySelector('.canvas').getBoundingClientRect()
  const middle = { x: canvas.left + canvas.width / 2, y: canvas.top + canvas.height / 2 }
  const cards = [...document.querySelectorAll('.react-flow__node-card')].map((card) => ({ card, box: card.getBoundingClientRect() }))
  const distance = ({ box }) => Math.hypot(box.left + box.width / 2 - middle.x, box.top + box.height / 2 - middle.y)
  const { card, box } = cards.reduce((best, other) => (distance(other) < distance(best) ? other : best))
  return { id: card.dataset.id, drawn: cards.length, start: { x: box.left + box.width / 2, y: box.top + Math.min(8, box.height / 4) } }
}

async function dragCard({ id, start, frames, warmUp }) {
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const send = (type, x, y, target) => target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window, button: 0, buttons: type === 'mouseup' ? 0 : 1, clientX: x, clientY: y }))
  const card = document.querySelector(`.react-flow__node[data-id="${id}"]`)
  const left = card.getBoundingClientRect().left
  send('mousedown', start.x, start.y, card.querySelector('.card-header'))
  const times = []
  for (let frame = 0; frame < frames + warmUp; frame++) {
    const begin = await nextFrame()
    send('mousemove', start.x + 160 * Math.sin(frame / 9), start.y + 90 * Math.sin(frame / 13), window)
    const end = await nextFrame()
    if (frame >= warmUp) times.push(end - begin)
  }
  const moved = Math.abs(card.getBoundingClientRect().left - left) > 1
  send('mouseup', start.x, start.y, window)
  if (!moved) throw new Error('The card did not move: the drag was not seen.')
  times.sort((one, other) => one - other)
  const at = (share) => Math.round(100 * times[Math.min(times.length - 1, Math.floor(times.length * share))]) / 100
  return { median: at(0.5), p95: at(0.95), worst: at(1) }
}

/** A graph of real node types in columns, every wire leading to the right; the last wires are drawn between the rest. */
function largeGraph(count, wires) {
  const columns = Math.ceil(Math.sqrt(count))
  const nodes = {}
  const positions = {}
  const edges = []
  const types = ['load-backbone', 'strip-head', 'freeze-range', 'reinitialize', 'train']
  for (let index = 0; index < count; index++) {
    const column = Math.floor(index / columns)
    nodes[`n${index}`] = { type: types[Math.min(column % types.length, types.length - 1)], version: 1, params: {} }
    positions[`n${index}`] = { x: column * 290, y: (index % columns) * 190 }
  }
  const typeOf = (index) => nodes[`n${index}`].type
  for (let distance = 1; edges.length < wires && distance < 12; distance++) {
    for (let index = 0; index + columns < count && edges.length < wires; index++) {
      const to = index + columns + (distance === 1 ? 0 : (index * 7 + distance) % columns)
      if (to >= count || typeOf(to) === 'load-backbone') continue
      edges.push({ id: `e${edges.length}`, from: { node: `n${index}`, port: 'model' }, to: { node: `n${to}`, port: 'model' } })
    }
  }
  return { format: 'graft-graph', version: 1, name: 'Large', description: '', nodes, edges, layout: { positions, frames: [], notes: [] } }
}
