// How long a head takes that is solved instead of trained: 1,000 samples, 1,500 features, 10 classes, cross-validation
// over 5 folds and 8 penalties, then the head on all samples.
//   node packages/tests/bench/solver.mjs [ROUNDS]
// `decaying`: features with few strong directions, as those of pre-trained networks; `white`: none stronger than others.
// A figure is the fastest of the rounds. Writes results/solver.json.
import { createRandom } from '../../network/dist/index.js'
import { singleLabel, solveHead, stratifiedFolds } from '../../engines/dist/core.js'
import { curvatureOf, rowLosses } from '../../engines/dist/training/solve/row-losses.js'
import { keepResults, machineFacts } from './bench-kit.mjs'

const rounds = Number(process.argv[2] ?? 3)
const [rows, columns, classes, strong] = [1000, 1500, 10, 60]

function samples(kind) {
  const random = createRandom(1)
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random())
  const mix = Float64Array.from({ length: strong * columns }, normal)
  const centres = Float64Array.from({ length: classes * strong }, normal)
  const features = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const hidden = Array.from(
      { length: strong },
      (_, k) => (3 * normal() + 1.2 * centres[(row % classes) * strong + k]) / (1 + k / 5),
    )
    for (let j = 0; j < columns; j++) {
      let value = normal()
      if (kind === 'white') value += j % 100 === row % classes ? 1 : 0
      else for (let k = 0; k < strong; k++) value += 0.3 * hidden[k] * mix[k * columns + j]
      features[row * columns + j] = value
    }
  }
  return features
}

const results = []
for (const kind of ['decaying', 'white']) {
  const features = samples(kind)
  const labels = Array.from({ length: rows }, (_, row) => row % classes)
  const items = labels.map((label, row) => ({ group: String(row), classes: [label] }))
  const losses = rowLosses(singleLabel, labels, classes, { labelSmoothing: 0 })
  const seconds = []
  const processor = []
  let head
  for (let round = 0; round < rounds; round++) {
    const [start, used] = [performance.now(), process.cpuUsage()]
    head = await solveHead({
      features,
      rows,
      columns,
      classes,
      groups: [{ from: 0, to: columns }],
      gains: [[1]],
      penalties: null,
      folds: stratifiedFolds(items, 5, createRandom(1)),
      curvature: curvatureOf(singleLabel, classes),
      lossOf: losses,
      scoreOf: losses,
    })
    seconds.push((performance.now() - start) / 1000)
    processor.push(process.cpuUsage(used).user / 1e6)
  }
  results.push({
    features: kind,
    seconds: Math.min(...seconds),
    processorSeconds: Math.min(...processor),
    penalty: head.penalty,
    lastIterations: head.iterations,
    converged: head.converged,
  })
  console.log(`${kind}: ${Math.min(...seconds).toFixed(2)} s (processor ${Math.min(...processor).toFixed(2)} s)`)
}
keepResults(
  'solver',
  results,
  machineFacts({ rounds, rows, columns, classes, folds: 5, penalties: 8, wanted: 'under 2 s' }),
)
