/**
 * Makes the image classifiers of the matrix with PyTorch, opens each in Graft and prints what holds.
 *
 * Usage: node packages/tests/dist/matrix/matrix.js [FILTER] [VARIANT,VARIANT...]
 *   FILTER: names that contain it, or a list of names; VARIANT: see make_model.py; default L17p,D
 * Environment: GRAFT_MATRIX_PYTHON (an interpreter with PyTorch, torchvision, timm, transformers), GRAFT_MATRIX_CACHE (made files are kept there),
 *   GRAFT_MATRIX_SECONDS (limit of each child, default 400). Results are written to results.json in the cache, those of other runs are kept.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Check, checkModel } from './check-model.js'

const python = process.env['GRAFT_MATRIX_PYTHON'] ?? 'python3'
const cache = process.env['GRAFT_MATRIX_CACHE'] ?? join(tmpdir(), 'graft-matrix')
const timeout = Number(process.env['GRAFT_MATRIX_SECONDS'] ?? 400) * 1000
// The script lies beside the source; the compiled file has no copy of it.
const script = fileURLToPath(new URL('../../src/matrix/make_model.py', import.meta.url))

type Results = Record<string, Record<string, Check>>

function runPython(...words: readonly string[]): { readonly output: string; readonly problem: string | null } {
  const run = spawnSync(python, [script, ...words], { encoding: 'utf8', timeout, env: { ...process.env, TVSHIM: '1' } })
  const problem =
    run.error?.message ?? (run.status === 0 ? null : (run.stderr.trim().split('\n').at(-1) ?? 'failed').slice(0, 300))
  return { output: run.stdout, problem }
}

function make(model: string, variants: readonly string[]): string | null {
  const directory = join(cache, model)
  const made = existsSync(join(directory, 'reference.json')) && variants.every((variant) => isMade(directory, variant))
  return made ? null : runPython(directory, model, variants.join()).problem
}

const errorOf = (directory: string, variant: string): string => join(directory, `${variant}.error`)

const isMade = (directory: string, variant: string): boolean =>
  existsSync(join(directory, variant, 'model.onnx')) || existsSync(errorOf(directory, variant))

/** In a process of its own: what one model needs in memory, or breaks, is no matter for the next. */
function check(model: string, variant: string): Check {
  const directory = join(cache, model)
  if (existsSync(errorOf(directory, variant)))
    return { load: `not made: ${readFileSync(errorOf(directory, variant), 'utf8').split('\n')[0]}` }
  if (!isMade(directory, variant)) return { load: 'not made' }
  const self = fileURLToPath(import.meta.url)
  const run = spawnSync(process.execPath, ['--max-old-space-size=6000', self, '--check', directory, variant], {
    encoding: 'utf8',
    timeout,
  })
  if (run.status === 0) return JSON.parse(run.stdout.slice(run.stdout.lastIndexOf('\n{') + 1)) as Check
  return { load: `the check ended: ${run.error?.message ?? run.stderr.trim().split('\n').at(-1) ?? run.status}` }
}

const isOk = (text: string): boolean => text === 'ok' || text.startsWith('ok; ')

function shown(checked: Check): string {
  if (checked.load !== 'ok')
    return checked.load.startsWith('not made') ? checked.load : `REFUSED: ${checked.load.slice(0, 220)}`
  const wrong = Object.entries(checked).filter(([, text]) => !isOk(text))
  const remark =
    checked.parameters === 'ok' || checked.parameters === undefined ? '' : ` (parameters: ${checked.parameters})`
  return wrong.length === 0 ? `ok${remark}` : wrong.map(([part, text]) => `${part}: ${text}`.slice(0, 220)).join(' | ')
}

function main([filter = '', list = 'L17p,D']: readonly string[]): void {
  mkdirSync(cache, { recursive: true })
  const listed = runPython('--list')
  if (listed.problem !== null) {
    console.log(`skipped: ${python} can't list the models: ${listed.problem}`)
    return
  }
  const variants = list.split(',')
  const wanted = filter.split(',')
  const models = (JSON.parse(listed.output) as string[]).filter((name) =>
    wanted.length > 1 ? wanted.includes(name) : name.includes(filter),
  )
  const file = join(cache, 'results.json')
  const results: Results = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {}
  for (const model of models) {
    const problem = make(model, variants)
    if (problem !== null) console.log(`${model}: not all made: ${problem}`)
    for (const variant of variants) {
      const checked = check(model, variant)
      results[model] = { ...results[model], [variant]: checked }
      console.log(`${model} ${variant}: ${shown(checked)}`)
    }
    writeFileSync(file, JSON.stringify(results, null, 1))
  }
  for (const variant of variants) summarise(variant, models, results)
}

function summarise(variant: string, models: readonly string[], results: Results): void {
  const checks = models.flatMap((model) => results[model]?.[variant] ?? [])
  const made = checks.filter(({ load }) => !load.startsWith('not made'))
  const loaded = made.filter(({ load }) => load === 'ok')
  const parts = (['values', 'parameters', 'stages', 'head', 'frozen', 'batch'] as const).map((part) => {
    const told = loaded.flatMap((checked) => checked[part] ?? [])
    return `${part} ${told.filter(isOk).length}/${told.length}`
  })
  console.log(`${variant}: ${made.length} made of ${models.length}, ${loaded.length} load; ${parts.join(', ')}`)
}

const [first, ...rest] = process.argv.slice(2)
if (first === '--check') console.log(`\n${JSON.stringify(await checkModel(rest[0] ?? '', rest[1] ?? ''))}`)
else main([first ?? '', ...rest])
