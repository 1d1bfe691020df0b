/**
 * Puts what parity.ts and matrix.ts found together, for `bench/results/parity.json`, or as a table for the docs.
 *
 * Usage: node packages/tests/dist/parity/summary.js [--table] [--matrix RESULTS] CACHE...
 *   CACHE: a folder of GRAFT_PARITY_CACHE; RESULTS: results.json of GRAFT_MATRIX_CACHE
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { NetworkCheck, Route } from './check-network.js'
import type { WrittenCheck } from './check-written.js'
import type { Distances } from './reference.js'

type Found = NetworkCheck & { readonly written?: WrittenCheck; readonly noise?: Readonly<Record<string, Distances>> }
type Networks = Readonly<Record<string, Partial<Record<Route, Found>>>>

/** Rounding may be twice PyTorch's own, or a ten-thousandth of the step; as `state-dicts.test.ts` asks. */
const limit = (own: number | undefined): number => Math.max(1e-4, 2 * (own ?? 0))

function networksOf(caches: readonly string[]): Networks {
  const networks: Record<string, Partial<Record<Route, Found>>> = {}
  for (const folder of caches.map((cache) => join(cache, 'results')))
    for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
      const name = file.replace(/\.json$/, '').replaceAll('__', '/')
      const found = JSON.parse(readFileSync(join(folder, file), 'utf8')) as (typeof networks)[string]
      networks[name] = { ...networks[name], ...found }
    }
  // By name, not by which cache they came from.
  return Object.fromEntries(Object.entries(networks).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const short = (value: number): number => Number(value.toPrecision(2))
const shown = (value: number | string | undefined): string =>
  value === undefined ? '' : typeof value === 'number' ? (value === 0 ? '0' : value.toExponential(1)) : 'no'

/** Whether a step is as near to PyTorch's as its own rounding lets it be. */
function stepIsFine({ steps, noise }: Found, policy: 'frozen' | 'batch'): boolean {
  const [own, torch] = [steps?.[policy], noise?.[policy]]
  return (
    own !== undefined && (['all', 'tensor', 'statistics'] as const).every((part) => own[part] < limit(torch?.[part]))
  )
}

/** One line: is everything as it should be, by the limits above? */
function isFine(found: Found): boolean {
  const { logits, parameters, stages, written } = found
  const near = (value: number | string): boolean => typeof value === 'number' && value < 1e-4
  return (
    found.refused === undefined &&
    near(Math.max(logits?.onnx ?? 1, logits?.tfjs ?? 1)) &&
    parameters === 'ok' &&
    stages === 'ok' &&
    (['frozen', 'batch'] as const).every((policy) => stepIsFine(found, policy)) &&
    (written === undefined || (near(written.same) && near(written.head)))
  )
}

const rounded = (value: unknown): unknown =>
  typeof value === 'number'
    ? short(value)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]))
      : value

/** Of the whole step and its worst tensor; in brackets PyTorch's own float32, where the limit hangs on it. */
function stepCell(found: Found, policy: 'frozen' | 'batch'): string {
  const [own, torch] = [found.steps?.[policy], found.noise?.[policy]]
  if (own === undefined) return ''
  const bracket = own.all >= 1e-4 || own.tensor >= 1e-4 ? ` (${shown(torch?.all)}, ${shown(torch?.tensor)})` : ''
  return `${shown(own.all)}, ${shown(own.tensor)}${bracket}${stepIsFine(found, policy) ? '' : ' **off**'}`
}

function table(networks: Networks): readonly string[] {
  const rows = Object.entries(networks).flatMap(([name, { weights }]) => {
    if (weights === undefined) return []
    if (weights.refused !== undefined) return [`| ${name} | refused: ${weights.refused.slice(0, 80)} | | | | | |`]
    const { logits, parameters, written } = weights
    const cells = [
      `${shown(logits?.onnx)}, ${shown(logits?.tfjs)}`,
      parameters === 'ok' ? 'same' : parameters,
      ...(['frozen', 'batch'] as const).map((policy) => stepCell(weights, policy)),
      ...[written?.same, written?.head].map(shown),
    ]
    return [`| \`${name}\` | ${cells.join(' | ')} |`]
  })
  const head = [
    'network',
    'logits: onnx, tfjs',
    'learned',
    'step, frozen statistics',
    'step, batch statistics',
    'back',
    'back, new head',
  ]
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows]
}

type Matrix = Readonly<Record<string, Partial<Record<string, { readonly load: string; readonly values?: string }>>>>

interface ThroughExporter {
  readonly compared: number
  readonly loaded: number
  readonly logitsWithinLimit: number
  readonly refused: Readonly<Record<string, string>>
  readonly notCompared: readonly string[]
}

/**
 * Of the networks of torchvision and timm that were compared as weights: what became of their files of one exporter, here
 * or else in the matrix.
 */
function throughExporter(networks: Networks, matrix: Matrix, route: 'L17p' | 'D'): ThroughExporter {
  const names = Object.keys(networks).filter((name) => networks[name]?.weights && !name.startsWith('hf/'))
  const found = names.flatMap((name) => {
    const own = networks[name]?.[route]
    const other = matrix[name.startsWith('timm/') ? name.replace('/', '_') : `tv_${name}`]?.[route]
    if (own !== undefined)
      return [{ name, refused: own.refused, near: Math.max(own.logits?.onnx ?? 1, own.logits?.tfjs ?? 1) < 1e-4 }]
    if (other === undefined) return []
    return [{ name, refused: other.load === 'ok' ? undefined : other.load, near: other.values === 'ok' }]
  })
  const loaded = found.filter(({ refused }) => refused === undefined)
  return {
    compared: found.length,
    loaded: loaded.length,
    logitsWithinLimit: loaded.filter(({ near }) => near).length,
    refused: Object.fromEntries(found.flatMap(({ name, refused }) => (refused === undefined ? [] : [[name, refused]]))),
    notCompared: names.filter((name) => !found.some((one) => one.name === name)),
  }
}

/** The same for the docs: one exporter with the networks that were not run through it. */
function exporterLine(title: string, { compared, loaded, logitsWithinLimit, refused, notCompared }: ThroughExporter) {
  const reasons = Object.entries(refused).map(([name, reason]) => `${name}: ${reason}`)
  return `  - ${title}: ${loaded} of ${compared} load, ${logitsWithinLimit} with PyTorch's logits to 1e-4 (${reasons.length === 0 ? 'none refused' : `refused: ${reasons.join('; ')}`}). Not run: ${notCompared.length === 0 ? 'none' : `${notCompared.length} (${notCompared.join(', ')})`}.`
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { table: { type: 'boolean', default: false }, matrix: { type: 'string' } },
})
const networks = networksOf(positionals)
const matrix = values.matrix === undefined ? {} : (JSON.parse(readFileSync(values.matrix, 'utf8')) as Matrix)
const fine = Object.entries(networks).filter(([, { weights }]) => weights !== undefined && isFine(weights))
const throughExporters = {
  old: throughExporter(networks, matrix, 'L17p'),
  new: throughExporter(networks, matrix, 'D'),
}
if (values.table) {
  const { old, new: renewed } = throughExporters
  const lines = [exporterLine('New exporter', renewed), exporterLine('Old exporter', old)]
  console.log([...table(networks), '', ...lines].join('\n'))
} else
  console.log(
    JSON.stringify(
      {
        what: 'Differences from PyTorch over the size of what is compared; steps from its float64, `noise`: its own float32. See docs/models.md.',
        compared: Object.values(networks).filter(({ weights }) => weights !== undefined).length,
        withinLimits: fine.length,
        throughExporters,
        networks: rounded(networks),
        ...(values.matrix !== undefined && { exporters: matrix }),
      },
      null,
      1,
    ),
  )
