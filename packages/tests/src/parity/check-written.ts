import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine } from '@graft/engines'
import { addHead, type LoadedNetwork, loadTensors, stripHead, writers } from '@graft/network'
import { readFloats } from '../matrix/reference.js'
import { readMade } from './check-network.js'
import { logitsOf, relativeDifference } from './compare-logits.js'
import { readReference } from './reference.js'

/** What became of written state dicts in PyTorch, `strict=True`: the difference of logits, or why they did not load. */
export interface WrittenCheck {
  /** Against the logits before it was read and written. */
  readonly same: number | string
  /** With a new head of another number of classes, against Graft's logits; what is added to all classes alike doesn't count. */
  readonly head: number | string
}

const classes = 7
// The script lies beside the source; the compiled file has no copy of it.
const script = fileURLToPath(new URL('../../src/parity/load_written.py', import.meta.url))

/** Writes the network back as a state dict, as it is and with a new head, and has PyTorch load both. */
export async function checkWritten(folder: string, python: string): Promise<WrittenCheck> {
  const reference = readReference(folder)
  const loaded = await readMade(folder, reference, 'weights')
  const input = { shape: reference.input, data: readFloats(folder, 'input.f32') }
  const refusals = new Map<string, string>()
  const rehead = await withNewHead(loaded)
  for (const [file, network] of [
    ['written', loaded],
    ['written-head', rehead],
  ] as const) {
    const refusal = await write(join(folder, `${file}.pth`), network)
    if (refusal !== null) refusals.set(file, refusal)
  }
  writeFileSync(join(folder, 'head.json'), JSON.stringify({ classes }))
  const run = spawnSync(python, [script, folder], { encoding: 'utf8', env: { ...process.env, TVSHIM: '1' } })
  if (run.status !== 0) throw new Error(`${python} failed: ${run.stderr}`)
  const outcome = (file: string, expected: Float32Array): number | string => {
    const error = join(folder, `${file}.error`)
    if (refusals.has(file)) return refusals.get(file) ?? ''
    if (existsSync(error)) return readFileSync(error, 'utf8')
    const found = readFloats(folder, `${file}.f32`)
    return file === 'written'
      ? relativeDifference(expected, found)
      : relativeDifference(centred(expected), centred(found))
  }
  const result = {
    same: outcome('written', readFloats(folder, 'logits.f32')),
    head: outcome('written-head', await logitsOf(onnxEngine, rehead, input)),
  }
  for (const file of ['written', 'written-head'])
    for (const ending of ['pth', 'f32', 'error']) rmSync(join(folder, `${file}.${ending}`), { force: true })
  return result
}

/** Rows of one value per class, less their mean. */
const centred = (logits: Float32Array): Float32Array =>
  logits.map((value, index) => {
    const start = index - (index % classes)
    const row = logits.subarray(start, start + classes)
    return value - row.reduce((sum, one) => sum + one, 0) / classes
  })

async function withNewHead({ network: old, tensors: values }: LoadedNetwork): Promise<LoadedNetwork> {
  const classNames = Array.from({ length: classes }, (_, index) => `class ${index}`)
  const network = addHead(stripHead(old), { classNames, pooling: 'average', hidden: [], dropout: 0.2, seed: 3 })
  const fresh = Object.fromEntries(
    Object.entries(network.parameters).filter(([, { source }]) => source.kind === 'initializer'),
  )
  const ofHead = await loadTensors({ ...network, parameters: fresh }, () =>
    Promise.reject(new Error('nothing is stored')),
  )
  return { network, tensors: new Map([...ofHead, ...values]) }
}

/** The reason, where the writer refuses. */
async function write(path: string, { network, tensors }: LoadedNetwork): Promise<string | null> {
  const writer = writers.find(({ id }) => id === 'pytorch')
  if (writer === undefined) throw new Error('There is no writer of state dicts.')
  try {
    writeFileSync(path, await writer.write(network, tensors))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
