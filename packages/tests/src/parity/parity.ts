/**
 * Compares torchvision's, timm's and transformers' networks, read by Graft, with PyTorch, and prints a table.
 *
 * Usage: node packages/tests/dist/parity/parity.js [NAMES] [ROUTE,ROUTE...]
 *   NAMES: `all`, `all:torchvision`, `all:timm`, `all:transformers`, or a list (resnet50,timm/resnet50); ROUTE: weights (the default; a state dict, also written back),
 *   L17p (ONNX of the old exporter), D (of the new one)
 * Environment: GRAFT_PYTHON (an interpreter with PyTorch, torchvision, timm, transformers), GRAFT_REAL (photographs to take statistics of), GRAFT_PARITY_CACHE (made
 *   files and results/NAME.json are kept there; what is in it is not computed again; without it everything goes), GRAFT_PARITY_SIZE (default 64), GRAFT_PARITY_KEEP=1 (keep
 *   the made files after a network was compared), GRAFT_PARITY_STEPS=0 (no steps of training, which take most of the time)
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkNetwork, type NetworkCheck, type Route } from './check-network.js'
import { checkWritten, type WrittenCheck } from './check-written.js'
import { madeIn, makeNetworks } from './make-networks.js'
import { wantedNames } from './names.js'
import { type Distances, readReference } from './reference.js'

type Result = NetworkCheck & { readonly written?: WrittenCheck; readonly noise?: Readonly<Record<string, Distances>> }
type Results = Partial<Record<Route, Result>>

const python = process.env['GRAFT_PYTHON'] ?? '/usr/bin/python3'
const size = Number(process.env['GRAFT_PARITY_SIZE'] ?? 64)
const parts = process.env['GRAFT_PARITY_STEPS'] === '0' ? ['reference'] : ['reference', 'steps']

async function compared(folder: string, route: Route): Promise<Result> {
  const error = join(folder, `${route}.error`)
  if (existsSync(error)) return { refused: `not exported: ${readFileSync(error, 'utf8').split('\n')[0]}` }
  const { noise } = readReference(folder)
  const check = await checkNetwork(folder, route)
  const written = route === 'weights' ? await checkWritten(folder, python) : undefined
  return { ...check, ...(written && { written }), noise }
}

/** In a process of its own: what one network needs in memory, or breaks, is no matter for the next. */
function comparedApart(folder: string, route: Route): Result {
  const self = fileURLToPath(import.meta.url)
  const words = ['--max-old-space-size=8000', self, '--compare', folder, route]
  const run = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 900_000 })
  if (run.status === 0) return JSON.parse(run.stdout.slice(run.stdout.lastIndexOf('\n{') + 1)) as Result
  return {
    refused: `the comparison ended: ${run.error?.message ?? run.stderr.trim().split('\n').at(-1) ?? run.status}`,
  }
}

const short = (value: number | string | undefined): string =>
  value === undefined ? '-' : typeof value === 'number' ? value.toExponential(1) : value.slice(0, 160)

function line(name: string, route: Route, result: Result): string {
  const { refused, logits, parameters, stages, steps, written, noise } = result
  if (refused !== undefined) return `${name} ${route}: REFUSED ${refused.slice(0, 300)}`
  const step = (policy: 'frozen' | 'batch'): string => {
    const [own, torch] = [steps?.[policy], noise?.[policy]]
    if (own === undefined) return '-'
    const words = (['all', 'tensor', 'statistics'] as const).map(
      (part) => `${short(own[part])} (${short(torch?.[part])})`,
    )
    return words.join(' ')
  }
  const cells = [short(logits?.onnx), short(logits?.tfjs), parameters, stages, step('frozen'), step('batch')]
  return `${name} ${route}: ${[...cells, ...(written ? [short(written.same), short(written.head)] : [])].join('; ')}`
}

/** What is in the cache, and the rest computed. */
function resultsOf(cache: string, name: string, routes: readonly Route[]): Results {
  const file = join(cache, 'results', `${name.replaceAll('/', '__')}.json`)
  const known: Results = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {}
  const missing = routes.filter((route) => known[route] === undefined)
  if (missing.length === 0) return known
  for (const said of makeNetworks(python, cache, size, [...parts, ...missing], [name])) console.log(said)
  const folder = madeIn(cache, name)
  if (folder === null) return known
  const results: Results = { ...known }
  for (const route of missing) results[route] = comparedApart(folder, route)
  writeFileSync(file, JSON.stringify(results, null, 1))
  if (process.env['GRAFT_PARITY_KEEP'] !== '1') rmSync(folder, { recursive: true })
  return results
}

function main(words: readonly string[]): void {
  const names = wantedNames(words[0] ?? 'all')
  const routes = (words[1] ?? 'weights').split(',') as Route[]
  const kept = process.env['GRAFT_PARITY_CACHE']
  const cache = kept ?? mkdtempSync(join(tmpdir(), 'graft-parity-'))
  mkdirSync(join(cache, 'results'), { recursive: true })
  console.log(
    "name route: logits onnx; tfjs; parameters; stages; step frozen; batch (each: of all, of the worst tensor, of statistics; in brackets PyTorch's float32); written; with a new head",
  )
  for (const name of names) {
    const results = resultsOf(cache, name, routes)
    for (const route of routes) if (results[route] !== undefined) console.log(line(name, route, results[route]))
  }
  if (kept === undefined) rmSync(cache, { recursive: true })
}

const [first, ...rest] = process.argv.slice(2)
if (first === '--compare') console.log(`\n${JSON.stringify(await compared(rest[0] ?? '', rest[1] as Route))}`)
else main(process.argv.slice(2))
