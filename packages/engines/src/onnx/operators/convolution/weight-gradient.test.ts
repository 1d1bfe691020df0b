import { must } from '@graft/errors'
import { createRandom, deriveSeed, inferShapes, normal, resolveAttributes } from '@graft/network'
import type { AttributeValue, Layer, Shape } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ConformanceCase } from '../../../conformance/conformance-case.js'
import { conformanceCases } from '../../../conformance/conformance-cases.js'
import { loadRuntime } from '../../runtime.js'
import type { LoadedRuntime } from '../../runtime.js'
import { blockSize } from '../../training/block-size.js'
import { TrainingGraph } from '../../training/training-graph.js'
import { blockedDense, blockedDepthwise } from './conv-blocked-gradient.js'
import { type ConvContext, convContext, type ConvSizes } from './conv-sizes.js'
import { weightGradient } from './conv-weight-gradient.js'
import { suitsWinograd, winogradWeight } from './conv-winograd.js'
import { depthwiseProducts, overColumns, overImages, overRows } from './weight-products.js'

const seed = 20260714
let runtime: LoadedRuntime
let block = 1

beforeAll(async () => {
  runtime = await loadRuntime()
  block = await blockSize(runtime)
})

type Form = (context: ConvContext) => string | null

/** Every way to write the gradient, where it suits the sizes. */
const forms: Readonly<Record<string, Form>> = {
  'the chosen form': weightGradient,
  'products over columns': overColumns,
  'products of single images': overImages,
  'products over rows': (context) => (context.sizes.groups === 1 ? overRows(context) : null),
  'depthwise products': (context) => (isDepthwise(context.sizes) ? depthwiseProducts(context) : null),
  'the depthwise convolution in blocks': blockedDepthwise,
  'the dense convolution in blocks': blockedDense,
  Winograd: (context) => (suitsWinograd(context.sizes) ? winogradWeight(context) : null),
}

const isDepthwise = ({ groups, inputs }: ConvSizes): boolean => groups > 1 && groups === inputs

const convolutions = conformanceCases.filter(
  ({ network }) => network.layers[0]?.operator === 'Conv' && network.layers[0].inputs[0] === network.input.name,
)
const compared = new Set<string>()

describe('the weight gradient of a convolution, in every form that suits', () => {
  it.each(convolutions.map((entry) => [entry.title, entry] as const))(
    'is the sum over images and pixels: %s',
    async (_, entry) => {
      const problem = problemOf(entry)
      const expected = expectedGradient(problem)
      for (const [name, form] of Object.entries(forms))
        for (const size of new Set([1, block])) {
          const actual = await compute(form, problem, size)
          if (actual === null) continue
          compared.add(name)
          expectClose(actual, expected, `${name}, blocks of ${size}`)
        }
    },
  )

  it('was compared with it in each form', () => expect([...compared].sort()).toEqual(Object.keys(forms).sort()))
})

interface Problem {
  readonly layer: Layer
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly shapes: { readonly input: Shape; readonly output: Shape; readonly weight: Shape }
  readonly input: Float32Array
  readonly gradient: Float32Array
}

/** The first layer of a case, with numbers of its own. */
function problemOf({ network, input, title }: ConformanceCase): Problem {
  const layer = must(network.layers[0], 'the first layer')
  const output = must(inferShapes(network, input.shape[0]).get(layer.name), 'its shape')
  const weight = must(network.parameters[layer.parameters['weight'] ?? ''], 'its weight').shape
  const random = createRandom(deriveSeed(seed, title))
  const values = (shape: Shape): Float32Array => Float32Array.from({ length: count(shape) }, () => normal(random))
  return {
    layer,
    attributes: resolveAttributes(layer),
    shapes: { input: input.shape, output, weight },
    input: values(input.shape),
    gradient: values(output),
  }
}

async function compute(form: Form, problem: Problem, size: number): Promise<Float32Array | null> {
  const { layer, attributes, shapes } = problem
  const graph = new TrainingGraph(size)
  const value = form(
    convContext({
      layer,
      attributes,
      build: graph,
      inputs: [graph.input('input', shapes.input)],
      inputShapes: [shapes.input],
      parameters: { weight: 'weight' },
      parameterShapes: { weight: shapes.weight },
      outputShape: shapes.output,
      output: 'output',
      gradient: graph.input('gradient', shapes.output),
      needsInput: [false],
      needsParameter: new Set(['weight']),
      updateParameter: () => {},
    }),
  )
  if (value === null) return null
  graph.output('result', value, shapes.weight)
  const { InferenceSession, Tensor } = runtime.runtime
  const session = await InferenceSession.create(graph.encode(), { logSeverityLevel: 4 })
  const { result } = await session.run({
    input: new Tensor('float32', problem.input, [...shapes.input]),
    gradient: new Tensor('float32', problem.gradient, [...shapes.output]),
  })
  await session.release()
  return result?.data as Float32Array
}

/** Straight from the definition, in double precision. */
function expectedGradient({ shapes, attributes, input, gradient }: Problem): Float64Array {
  const [batch = 1, inputs = 1, height = 1, width = 1] = shapes.input
  const [, outputs = 1, rows = 1, columns = 1] = shapes.output
  const [, perGroup = 1, tall = 1, wide = 1] = shapes.weight
  const [[down = 1, across = 1], [top = 0, left = 0], [rowStep = 1, columnStep = 1]] = [
    'strides',
    'pads',
    'dilations',
  ].map((name) => attributes[name] as number[]) as [number[], number[], number[]]
  const perOutputGroup = outputs / (inputs / perGroup)
  const result = new Float64Array(count(shapes.weight))
  for (let index = 0; index < result.length; index++) {
    const [kernelColumn, kernelRow] = [index % wide, Math.floor(index / wide) % tall]
    const [channel, output] = [
      Math.floor(index / (wide * tall)) % perGroup,
      Math.floor(index / (wide * tall * perGroup)),
    ]
    const from = Math.floor(output / perOutputGroup) * perGroup + channel
    for (let image = 0; image < batch; image++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const [y, x] = [row * down + kernelRow * rowStep - top, column * across + kernelColumn * columnStep - left]
          if (y < 0 || y >= height || x < 0 || x >= width) continue
          result[index] =
            (result[index] ?? 0) +
            (input[((image * inputs + from) * height + y) * width + x] ?? 0) *
              (gradient[((image * outputs + output) * rows + row) * columns + column] ?? 0)
        }
  }
  return result
}

const count = (shape: Shape): number => shape.reduce((product, size) => product * size, 1)

function expectClose(actual: Float32Array, expected: Float64Array, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
  const worst = expected.reduce(
    (error, value, index) => Math.max(error, Math.abs((actual[index] ?? Number.NaN) - value)),
    0,
  )
  expect(worst / scale, `largest difference, ${what} (seed ${seed})`).toBeLessThan(2e-4)
}
