// Exported PyTorch programs against the onnx engine: losses of the first 30 steps of every phase, answers of the
// evaluation, and what stays frozen; where losses are far apart, both also against the program in double precision, which
// says what rounding comes to.
//   node packages/tests/bench/program-parity.mjs [NAME ...]      GRAFT_PYTHON names a Python with PyTorch
// Writes results/program-parity.json (other names keep their rows). Needs a build; photos come from ../shared/real.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Workplace } from '../dist/acceptance/run-graft.js'
import { calibratedNetwork } from '../dist/exports/parity/calibrated-network.js'
import { compareProgram } from '../dist/exports/parity/compare-program.js'
import { networkCases, networkGraph, templateCases, withSettings } from '../dist/exports/parity/network-graph.js'
import { hasPyTorch, python, pytorchVersion } from '../dist/exports/program/python.js'
import { keepResults, machineFacts, realData } from './bench-kit.mjs'

if (!hasPyTorch) process.exit(0)
const wanted = process.argv.slice(2)
const kept = new URL('./results/program-parity.json', import.meta.url)
// Read again each time: several of these may run at once.
const readRows = () => (existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')).rows : [])

// Optimizers and policies start from the same weights.
const calibrated = new Map()
async function calibratedBytes(id, workplace) {
  if (!calibrated.has(id)) calibrated.set(id, await calibratedNetwork(id, workplace))
  return calibrated.get(id)
}

const cases = [
  ...templateCases.map(({ name, template, settings, photos }) => ({
    name,
    isHere: !photos || existsSync(`${realData}/hymenoptera`),
    document: async () =>
      withSettings(template, {
        ...settings,
        ...(photos && {
          'images.path': `${realData}/hymenoptera`,
          'backbone.source': `${realData}/mobilenet_v1_0.75_224`,
        }),
      }),
  })),
  ...networkCases.map((one) => ({
    name: `${one.id} ${one.optimizer} ${one.statistics}`,
    isHere: true,
    document: async (workplace) => {
      const source = join(workplace.directory, `${one.id}.safetensors`)
      writeFileSync(source, await calibratedBytes(one.id, workplace))
      return networkGraph(one, source)
    },
  })),
]

for (const { name, isHere, document } of cases) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue
  if (!isHere) {
    console.log(`skipped: ${name} needs the photos of ${realData}`)
    continue
  }
  const workplace = new Workplace()
  process.env.GRAFT_HOME = workplace.home
  try {
    const { exact, ...found } = await compareProgram(workplace, name.replaceAll(' ', '-'), await document(workplace), {
      exact: 'where apart',
    })
    const row = { name, ...found, programToDouble: exact?.program ?? null, onnxToDouble: exact?.onnx ?? null }
    const rows = readRows()
    const at = rows.findIndex((one) => one.name === name)
    rows.splice(at < 0 ? rows.length : at, at < 0 ? 0 : 1, row)
    keepResults('program-parity', rows, machineFacts({ python, pytorch: pytorchVersion() }))
  } finally {
    workplace.remove()
  }
}
