// Exported PyTorch programs against the onnx engine: losses of the first 30 steps of every phase, answers of evaluate.py
// and predict.py, and what stays frozen; where they differ, both also against the program in double precision, which says
// what rounding comes to, and from states of the program on: stretches of five steps each, and the answers of the weights
// that it ended with. Where the rate was chosen for this, too, how far the steps moved the losses: by how much they
// would differ from those of a program that learns nothing.
//   node packages/tests/bench/program-parity.mjs [NAME ...]      GRAFT_PYTHON names a Python with PyTorch
// Writes results/program-parity.json, a row per name and PyTorch (the others are kept), and the table of docs/exports.md. Needs a build; photos come from
// ../shared/real. Ends with 1 where a row isn't the same on both sides.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Workplace } from '../dist/acceptance/run-graft.js'
import { calibratedNetwork } from '../dist/exports/parity/calibrated-network.js'
import { compareProgram, isSame } from '../dist/exports/parity/compare-program.js'
import { networkCases, networkGraph, templateCases, withSettings } from '../dist/exports/parity/network-graph.js'
import { copyPlainPhotos } from '../dist/exports/parity/plain-photos.js'
import { hasPyTorch, pytorchVersion } from '../dist/exports/program/python.js'
import { askedFor, keepResults, machineFacts, realData } from './bench-kit.mjs'
import { writeParityTable } from './support/parity-table.mjs'

if (!hasPyTorch) process.exit(0)
const wanted = process.argv.slice(2)
const kept = new URL('./results/program-parity.json', import.meta.url)
// Read again each time: several of these may run at once.
function readRows() {
  if (!existsSync(kept)) return []
  const { machine, rows } = JSON.parse(readFileSync(kept, 'utf8'))
  const isThis = JSON.stringify(machine) === JSON.stringify(machineFacts())
  // A row of another machine, or day, says so.
  return rows.map((row) => ({ ...row, ...(isThis || row.machine ? {} : { machine }) }))
}
const order = (row) => cases.findIndex(({ name }) => name === row.name)

// Optimizers and policies start from the same weights.
const calibrated = new Map()
async function calibratedBytes(id, workplace) {
  if (!calibrated.has(id)) calibrated.set(id, await calibratedNetwork(id, workplace))
  return calibrated.get(id)
}

const cases = [
  ...templateCases.map(({ name, template, settings, photos, ownRate }) => ({
    name,
    still: ownRate,
    isHere: !photos || existsSync(`${realData}/hymenoptera`),
    document: async (workplace) =>
      withSettings(template, { ...settings, ...(photos && (await photoSettings(workplace))) }),
  })),
  ...networkCases.map((one) => ({
    name: `${one.id} ${one.optimizer} ${one.statistics}`,
    still: true,
    isHere: true,
    document: async (workplace) => {
      const source = join(workplace.directory, `${one.id}.safetensors`)
      writeFileSync(source, await calibratedBytes(one.id, workplace))
      return networkGraph(one, source)
    },
  })),
]

const asked = askedFor(
  cases.map(({ name }) => name),
  wanted,
)
for (const { name, still, isHere, document } of cases) {
  if (!asked.includes(name)) continue
  if (!isHere) {
    console.log(`skipped: ${name} needs the photos of ${realData}`)
    continue
  }
  const workplace = new Workplace()
  process.env.GRAFT_HOME = workplace.home
  try {
    const found = await compareProgram(workplace, name.replaceAll(/\W+/g, '-'), await document(workplace), {
      exact: true,
      still,
    })
    if (!isSame(found)) process.exitCode = 1
    const row = rowOf(name, found)
    const others = readRows().filter((one) => one.name !== name || one.pytorch !== row.pytorch)
    const rows = [...others, row].toSorted((a, b) => order(a) - order(b))
    keepResults('program-parity', rows, machineFacts())
    writeParityTable(rows)
  } finally {
    workplace.remove()
  }
}

/** The real photos, as far as both sides read the same pixels, and a network that was trained. */
async function photoSettings({ directory }) {
  const folder = join(directory, 'photos')
  await copyPlainPhotos(`${realData}/hymenoptera`, folder)
  return { 'images.path': folder, 'backbone.source': `${realData}/mobilenet_v1_0.75_224` }
}

/** Differences to the program in double precision stay null where both sides are the same. */
function rowOf(name, { steps, loss, lossMoved, evaluation, predictions, frozen, moved, exact, fromStates }) {
  return {
    name,
    pytorch: pytorchVersion(),
    steps,
    loss,
    lossMoved,
    evaluated: evaluation.images,
    otherAnswers: evaluation.others,
    probability: evaluation.probability,
    predicted: predictions.images,
    otherPredictions: predictions.others,
    predictedProbability: predictions.probability,
    frozen,
    moved,
    programToDouble: exact?.program.loss ?? null,
    onnxToDouble: exact?.onnx.loss ?? null,
    programAnswersToDouble: exact?.program.others ?? null,
    onnxAnswersToDouble: exact?.onnx.others ?? null,
    programProbabilityToDouble: exact?.program.probability ?? null,
    onnxProbabilityToDouble: exact?.onnx.probability ?? null,
    stretches: fromStates?.count ?? null,
    stretchSteps: fromStates?.steps ?? null,
    stretchLoss: fromStates?.loss ?? null,
    otherAnswersOfOneNetwork: fromStates && fromStates.evaluation.others + fromStates.predictions.others,
    probabilityOfOneNetwork:
      fromStates && Math.max(fromStates.evaluation.probability, fromStates.predictions.probability),
  }
}
