import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, singleLabel } from '@graft/engines'
import { filesOfZip, type LoadedNetwork, writers } from '@graft/network'
import { createImageLoader, embeddedBackbones, loadEmbeddedBackbone, modelCard } from '@graft/nodes'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * The program for TensorFlow.js on a model card, as it stands, in a browser: what npm would install comes from this
 * repository's own packages by an import map.
 */
const chromiumPath = process.env['GRAFT_CHROMIUM'] ?? '/usr/bin/chromium'
const tensorflow = fileURLToPath(
  new URL('../../../../node_modules/@tensorflow/tfjs/dist/tf.fesm.min.js', import.meta.url),
)
const missing = [
  ...(existsSync(chromiumPath) ? [] : [`no browser at ${chromiumPath} (set GRAFT_CHROMIUM)`]),
  ...(existsSync(tensorflow) ? [] : [`no TensorFlow.js at ${tensorflow}`]),
]
if (missing.length > 0) console.log(`skipped: ${missing.join('; ')}`)

/** Serves a folder. */
function serve(folder: string): Promise<Server> {
  const types: Readonly<Record<string, string>> = { js: 'text/javascript', html: 'text/html', json: 'application/json' }
  const server = createServer((request, response) => {
    const path = normalize(join(folder, decodeURIComponent(request.url ?? '/').replace(/\?.*/, '')))
    if (!path.startsWith(folder) || !existsSync(path)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream' })
    response.end(readFileSync(path))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function answerOf({ network, tensors }: LoadedNetwork, path: string): Promise<{ name: string; value: number }> {
  const samples = [{ id: path, path, label: 0, fingerprint: path }]
  const loader = createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed: 0 })
  const forward = await onnxEngine.forward(network, { tensors })
  const logits = (await forward.run(await loader.load([0], 0)))[network.output]
  await Promise.all([forward.dispose(), loader.close()])
  const names = network.head?.names ?? []
  const [row] = singleLabel.decode({ values: logits?.data ?? [], width: names.length }, network.head!)
  const value = Math.max(...(row?.probabilities ?? []))
  return { name: names[row?.probabilities.indexOf(value) ?? 0] ?? '', value }
}

describe.skipIf(missing.length > 0)('the program for TensorFlow.js on a model card', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-tfjs-snippet-'))
  let server: Server
  let embedded: LoadedNetwork

  beforeAll(async () => {
    embedded = await loadEmbeddedBackbone(embeddedBackbones[0]!)
    const writer = writers.find(({ id }) => id === 'tfjs')!
    const zip = await writer.write(embedded.network, embedded.tensors)
    for (const [name, bytes] of await filesOfZip(zip)) {
      mkdirSync(dirname(join(folder, 'model', name)), { recursive: true })
      writeFileSync(join(folder, 'model', name), bytes)
    }
    writeFileSync(join(folder, 'tf.js'), readFileSync(tensorflow))
    const [width, height] = [96, 80]
    const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => 127 + 100 * Math.sin(index / 700))
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, 'photo.png'))
    server = await serve(folder)
  }, 180_000)
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    ['stretched', { resize: 'stretch', cropFraction: 1 }],
    ['cut out of the middle', { resize: 'crop', cropFraction: 0.8 }],
  ] as const)(
    'gives the answer of Graft in a browser, the photo %s',
    async (_, how) => {
      const writer = writers.find(({ id }) => id === 'tfjs')!
      const network = { ...embedded.network, preprocessing: { ...embedded.network.preprocessing, ...how } }
      const facts = {
        writer,
        network,
        fileName: 'model.zip',
        architecture: null,
        measured: [],
        recipe: [],
        check: null,
      }
      const program = /```javascript\n([^]*?)\n```/.exec(modelCard(facts))?.[1] ?? ''
      const map = JSON.stringify({ imports: { '@tensorflow/tfjs': './tf.js' } })
      const page = `<script type="importmap">${map}</script><img src="photo.png"><script type="module">${program}</script>`
      writeFileSync(join(folder, 'index.html'), page)
      const line = await saidBy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`)
      const { name, value } = await answerOf({ ...embedded, network }, join(folder, 'photo.png'))
      expect(line).toContain(name)
      // Browsers resize in their own way; what is cut out here is not resized.
      expect(Math.abs(Number(line.split(' ').at(-1)) - value)).toBeLessThan(how.resize === 'crop' ? 1e-3 : 0.03)
    },
    180_000,
  )
})

/** The first line with a probability that a page writes to the console. Throws what breaks it. */
async function saidBy(address: string): Promise<string> {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  try {
    const page = await browser.newPage()
    return await new Promise<string>((resolve, reject) => {
      page.on('console', (message) => {
        // TensorFlow.js itself says there what it computes on.
        if (/ [\d.]+(e-\d+)?$/.test(message.text()) && !message.text().includes('WebGL')) resolve(message.text())
      })
      page.on('pageerror', reject)
      page.goto(address).catch(reject)
    })
  } finally {
    await browser.close()
  }
}
