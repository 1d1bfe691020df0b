import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../../conformance/conformance-case.js'
import { wideConvolutionCases } from '../../conformance/cases/wide-convolution.js'
import { differentiate } from './differentiate.js'
import { TrainingGraph } from './training-graph.js'

interface Sketch {
  readonly network: ReturnType<typeof conformanceCase>['network']
  readonly batch: number
}

/** Operators of a step that differentiates by everything. */
function operatorsOf({ network, batch }: Sketch): readonly string[] {
  const graph = new TrainingGraph(16)
  graph.input('input', [batch, ...network.input.shape])
  const wanted = new Set(Object.keys(network.parameters))
  const pass = differentiate({
    graph,
    network,
    batch,
    wanted,
    wantsInput: true,
    parameter: (name) => graph.input(name, network.parameters[name]?.shape ?? []),
  })
  const { parameters, input } = pass.backward(graph.input('gradient', pass.shape))
  graph.output('gradient of input', input ?? '', [batch, ...network.input.shape])
  graph.output('result', pass.output, pass.shape)
  for (const [name, value] of parameters)
    graph.output(`gradient of ${name}`, value, network.parameters[name]?.shape ?? [])
  return graph.liveNodes().map(({ operator }) => operator)
}

const convolution = (channels: number, side: number, batch: number): Sketch => ({
  batch,
  network: conformanceCase(
    'Conv',
    `${channels} ${side} ${batch}`,
    [
      layer('Conv', {
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
        parameters: { weight: [channels, channels, 3, 3] },
      }),
    ],
    { input: [channels, side, side], batch: 1 },
  ).network,
})

describe('convolutions and their gradients by Winograd', () => {
  it.each([
    [512, 7, 16],
    [512, 7, 32],
    [256, 7, 16],
  ])('are written for %s channels over %sx%2$s, %s images', (...sizes) => {
    const operators = operatorsOf(convolution(...sizes))
    expect(operators).not.toContain('Conv')
    // Map, gradient and kernels are brought into the other domain once, results and two gradients out of it.
    expect(operators.filter((operator) => operator === 'Gemm').length).toBe(6)
    expect(operators.filter((operator) => operator.endsWith('MatMul')).length).toBe(3)
  })

  it.each([
    [256, 14, 16],
    [64, 56, 16],
    [512, 7, 2],
    [64, 7, 16],
  ])('are not written for %s channels over %sx%2$s, %s images, where they gain nothing', (...sizes) =>
    expect(operatorsOf(convolution(...sizes))).not.toContain('Gemm'),
  )

  it('are what the conformance cases named after them compare', () => {
    const cases = wideConvolutionCases.filter(({ title }) => title.includes('Winograd'))
    expect(cases.length).toBe(3)
    for (const { network, input } of cases)
      expect(operatorsOf({ network, batch: input.shape[0] ?? 1 })).toContain('Gemm')
  })
})
