// How the weight gradient of a convolution is best written: every form that Graft knows, for the shapes of ResNet-18
// and MobileNetV2 at 224, batch 16.
//   node packages/tests/bench/weight-gradients.mjs [--rounds 10]
// `winograd` and `blocked` are given their inputs in onnxruntime's blocked layout, as in a training step; the others get
// theirs in NCHW. Forms take turns; a figure is the fastest of the rounds. The first form is the one that Graft
// uses: the rules in conv-weight-gradient.ts follow this table. Writes results/weight-gradients.json.
import { parseArgs } from 'node:util'
import * as runtime from 'onnxruntime-node'
import { blockedDense, blockedDepthwise } from '../../engines/dist/onnx/operators/convolution/conv-blocked-gradient.js'
import { convContext } from '../../engines/dist/onnx/operators/convolution/conv-sizes.js'
import { productsFor } from '../../engines/dist/onnx/operators/convolution/conv-weight-gradient.js'
import { suitsWinograd, winogradWeight } from '../../engines/dist/onnx/operators/convolution/conv-winograd.js'
import {
  depthwiseProducts,
  overColumns,
  overImages,
  overRows,
} from '../../engines/dist/onnx/operators/convolution/weight-products.js'
import { blockSize } from '../../engines/dist/onnx/training/block-size.js'
import { TrainingGraph } from '../../engines/dist/onnx/training/training-graph.js'
import { keepResults, machineFacts } from './bench-kit.mjs'

const rounds = Number(parseArgs({ options: { rounds: { type: 'string', default: '10' } } }).values.rounds)
const batch = 16
/** Inputs, height and width, outputs, kernel, stride, groups. */
const shapes = [
  [3, 224, 64, 7, 2, 1],
  [64, 56, 64, 3, 1, 1],
  [64, 56, 128, 3, 2, 1],
  [128, 28, 128, 3, 1, 1],
  [128, 28, 256, 3, 2, 1],
  [256, 14, 256, 3, 1, 1],
  [256, 14, 512, 3, 2, 1],
  [512, 7, 512, 3, 1, 1],
  [96, 112, 96, 3, 2, 96],
  [144, 56, 144, 3, 1, 144],
  [384, 14, 384, 3, 1, 384],
  [960, 7, 960, 3, 1, 960],
  [16, 112, 96, 1, 1, 1],
  [144, 28, 32, 1, 1, 1],
  [384, 14, 96, 1, 1, 1],
  [160, 7, 960, 1, 1, 1],
]
const size = await blockSize({ runtime, version: '', device: 'cpu', threads: 1, processor: '' })
const rows = []
for (const shape of shapes) rows.push(await measureShape(shape))
keepResults('weight-gradients', rows, machineFacts({ batch, rounds, blockSize: size }))

async function measureShape([inputs, height, outputs, kernel, stride, group]) {
  const pad = (kernel - 1) >> 1
  const to = Math.floor((height + 2 * pad - kernel) / stride) + 1
  const call = { inputs, height, outputs, kernel, stride, group, pad, to }
  const forms = formsFor(call).flatMap(([name, blocks, form]) => {
    const written = write(call, blocks, form)
    return written ? [{ name, ...written }] : []
  })
  const contenders = []
  for (const form of forms)
    contenders.push({
      name: form.name,
      best: Infinity,
      feeds: form.feeds,
      session: await runtime.InferenceSession.create(form.graph.encode(), { logSeverityLevel: 3 }),
    })
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const start = performance.now()
      await contender.session.run(contender.feeds)
      if (round > 0) contender.best = Math.min(contender.best, performance.now() - start)
    }
  }
  for (const { session } of contenders) await session.release()
  const sorted = contenders.toSorted((a, b) => a.best - b.best)
  const used = contenders[0]
  const second = sorted.find((contender) => contender !== used) ?? used
  console.log(
    `${inputs}x${height} -> ${outputs}, ${kernel}x${kernel}, stride ${stride}${group > 1 ? ', depthwise' : ''}: ${sorted.map(({ name, best }) => `${name} ${best.toFixed(2)} ms`).join(', ')}`,
  )
  return {
    name: `${inputs}x${height}x${height} to ${outputs}, ${kernel}x${kernel}, stride ${stride}, ${group} groups: ${used.name} against ${second.name}`,
    graft: used.best,
    peer: second.best,
    ratio: second.best / used.best,
    unit: 'ms',
  }
}

/** Name, channels per block of the layout its inputs are in, and form; what suits first is what Graft uses. */
function formsFor({ kernel, group }) {
  const products = {
    columns: overColumns,
    ...(group > 1 ? { depthwise: depthwiseProducts } : { rows: overRows, images: overImages }),
  }
  const chosen = (context) => productsFor(context.sizes)(context)
  return [
    ['winograd', size, (context) => (suitsWinograd(context.sizes) ? winogradWeight(context) : null)],
    ...(size > 1 && kernel > 1
      ? [['blocked', size, (context) => blockedDepthwise(context) ?? blockedDense(context)]]
      : []),
    ['chosen products', 1, chosen],
    ...Object.entries(products).map(([name, form]) => [
      name,
      1,
      (context) => (productsFor(context.sizes) === form ? null : form(context)),
    ]),
  ]
}

/**
 * The gradient alone, as the training step has it: in the blocked layout its inputs are there in that layout already.
 */
function write({ inputs, height, outputs, kernel, stride, group, pad, to }, blocks, form) {
  const graph = new TrainingGraph(blocks)
  const feeds = {}
  const given = (name, shape) => {
    const suits = blocks > 1 && shape[1] >= blocks
    const stored = suits ? [shape[0], Math.ceil(shape[1] / blocks) * blocks, ...shape.slice(2)] : shape
    feeds[name] = new runtime.Tensor(
      'float32',
      Float32Array.from(
        { length: stored.reduce((product, count) => product * count, 1) },
        (_, index) => ((index % 31) - 15) / 16,
      ),
      stored,
    )
    graph.input(name, stored)
    return suits ? graph.blocked.fromBlocked(name, shape) : name
  }
  const weight = [outputs, inputs / group, kernel, kernel]
  const context = convContext({
    layer: { name: 'convolution', operator: 'Conv' },
    build: graph,
    inputs: [given('input', [batch, inputs, height, height])],
    inputShapes: [[batch, inputs, height, height]],
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      dilations: [1, 1],
      group,
    },
    parameters: { weight: 'weight' },
    parameterShapes: { weight },
    outputShape: [batch, outputs, to, to],
    output: 'output',
    gradient: given('gradient', [batch, outputs, to, to]),
    needsInput: [false],
    needsParameter: new Set(['weight']),
  })
  const gradient = form(context)
  if (gradient === null) return null
  graph.output('weightGradient', context.math.reshape(gradient, weight), weight)
  return { graph, feeds }
}
