// Writes the PyTorch program of a ResNet-50 that trains from its first layer to its last, for program.py to measure on a
// machine with a GPU, which needs neither Graft nor Node.
//   node packages/tests/bench/gpu/write-program.mjs FOLDER [--network resnet50] [--size 224] [--batch 128]
// The folder has to be empty or new. It holds Python only, 100 kB: weights and images are made where it runs. Needs a build.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { drawnNetwork } from '../../dist/exports/parity/drawn-network.js'
import { networkGraph } from '../../dist/exports/parity/network-graph.js'
import { writeFiles } from '../../dist/exports/program/write-files.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: 'string', default: 'resnet50' },
    size: { type: 'string', default: '224' },
    batch: { type: 'string', default: '128' },
  },
})
const [out] = positionals
if (out === undefined) {
  console.log('Name the folder that the program goes to.')
  process.exit(2)
}
// Images and tables below it are removed once the program is written.
if (existsSync(out) && readdirSync(out).length > 0) {
  console.log(`${out} isn't empty. Name a folder that is empty or new.`)
  process.exit(2)
}
const work = mkdtempSync(join(tmpdir(), 'graft-gpu-'))
process.env.GRAFT_HOME = join(work, 'home')
try {
  const source = join(work, 'drawn.safetensors')
  writeFileSync(source, await drawnNetwork(values.network, Number(values.size)))
  const document = networkGraph({ id: values.network, optimizer: 'sgd', statistics: 'batch' }, source)
  const { augment, freeze, train } = document.nodes
  freeze.params = { action: 'unfreeze', statistics: 'batch' }
  // As whole-jobs.py and program.py cut and turn them.
  augment.params = { horizontalFlip: true, minCrop: 0.6, brightness: 0, contrast: 0, saturation: 0 }
  Object.assign(train.params, { batchSize: Number(values.batch), learningRate: 0.01 })
  await writeFiles(document, work, resolve(out))
  for (const name of readdirSync(out, { recursive: true }))
    if (/\.(safetensors|csv|png|jpg)$/.test(name)) rmSync(join(out, name))
  mkdirSync(join(out, 'data'), { recursive: true })
  // program.py builds torchvision's network of this name.
  writeFileSync(join(out, 'network.txt'), `${values.network}\n`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`${out}: ${values.network}, ${values.size} pixels, batch ${values.batch}`)
