// Accuracy on the real photos over several seeds: mean and spread of the frozen-backbone job and of the two-phase job,
// onnx engine. With --engine torch both jobs with either engine, side by side and seed by seed.
//   node packages/tests/bench/seeds.mjs [--seeds 5] [--engine torch]
// Writes results/seeds.json, or seeds-torch.json (graft: mean accuracy, peer: the accuracy that was aimed at). Needs a
// build and ../shared/real.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepResults, machineFacts, realData, root, runGraft } from './bench-kit.mjs'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '5' }, engine: { type: 'string', default: 'onnx' } },
})
const count = Number(values.seeds)
const isUsual = values.engine === 'onnx'
const wanted = 0.92
// One home: decoded images and features are the same for every seed.
const home = mkdtempSync(join(tmpdir(), 'graft-seeds-'))
const rows = []
try {
  const jobs = [
    ['photos', ['train']],
    ['photos-two-phase', ['train', 'finetune']],
  ]
  const engines = isUsual ? ['onnx'] : ['onnx', values.engine]
  for (const [template, nodes, engine] of jobs.flatMap((job) => engines.map((one) => [...job, one]))) {
    const accuracies = []
    for (let seed = 1; seed <= count; seed++) {
      const seeds = [...nodes, 'head'].flatMap((node) => ['--set', `${node}.seed=${seed}`])
      const events = await runGraft(
        join(root, `packages/nodes/templates/${template}.graft.json`),
        [
          '--to',
          'evaluate',
          '--engine',
          engine,
          '--device',
          'cpu',
          '--set',
          `images.path=${realData}/hymenoptera`,
          '--set',
          `backbone.source=${realData}/mobilenet_v1_0.75_224`,
          // The template's solver knows no chance but that of its folds.
          '--set',
          'train.method=descent',
          ...seeds,
        ],
        home,
      )
      accuracies.push(
        events.findLast((event) => event.type === 'node-finished' && event.node === 'evaluate').outputs.metrics.values
          .accuracy,
      )
    }
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / count
    const deviation = Math.sqrt(
      accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1),
    )
    // The onnx engine's with the same seeds stand in the row before.
    const beside = engine === 'onnx' ? undefined : rows.at(-1)
    const apart = beside?.accuracies.map((value, at) => Math.abs(value - accuracies[at]))
    rows.push({
      name: `${template}, ${isUsual ? '' : `${engine}, `}${count} seeds`,
      graft: mean,
      peer: wanted,
      ratio: mean / wanted,
      unit: 'accuracy',
      deviation,
      least: Math.min(...accuracies),
      most: Math.max(...accuracies),
      accuracies,
      ...(apart !== undefined && { farthestFromOnnx: Math.max(...apart) }),
    })
    console.log(
      `${template}: ${accuracies.map((value) => value.toFixed(4)).join(' ')}, mean ${mean.toFixed(4)}, standard deviation ${deviation.toFixed(4)}`,
    )
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
keepResults(isUsual ? 'seeds' : `seeds-${values.engine}`, rows, machineFacts())
