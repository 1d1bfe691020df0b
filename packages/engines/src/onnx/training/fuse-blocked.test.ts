import { describe, expect, it } from 'vitest'
import { writeConv } from '../operators/convolution/blocked-conv.js'
import { TrainingGraph } from './training-graph.js'

const shape = [2, 16, 5, 5]

/** A graph whose convolution reads `input`; `finish` writes what follows and names the result. */
function operatorsOf(finish: (graph: TrainingGraph, convolution: string, input: string) => string): readonly string[] {
  const graph = new TrainingGraph(16)
  const input = graph.input('input', shape)
  const weight = graph.input('weight', [16, 16, 3, 3])
  const convolution = writeConv(graph, {
    input,
    inputShape: shape,
    outputShape: shape,
    weight,
    weightShape: [16, 16, 3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [1, 1, 1, 1],
    group: 1,
  })
  graph.output('output', finish(graph, convolution, input), shape)
  return graph
    .liveNodes()
    .map(({ operator, attributes, inputs }) =>
      [operator, attributes['activation']?.value, operator === 'Conv' && inputs.length === 4 ? '+ sum' : '']
        .filter(Boolean)
        .join(' '),
    )
}

/** What computes, without what only moves numbers. */
const computing = (names: readonly string[]): string[] =>
  names.filter((name) => !/^(Re|Transpose)/.test(name) || name === 'Relu')

describe('fuseBlockedConvolutions', () => {
  it('joins a rectifier that alone reads the convolution', () => {
    expect(computing(operatorsOf((graph, convolution) => graph.add('Relu', [convolution])))).toEqual(['Conv Relu'])
  })

  it('joins a residual addition and the rectifier after it', () => {
    expect(
      computing(
        operatorsOf((graph, convolution, input) => graph.add('Relu', [graph.add('Add', [convolution, input])])),
      ),
    ).toEqual(['Conv Relu + sum'])
  })

  it('joins a limit to constants, as ReLU6 has', () => {
    expect(
      operatorsOf((graph, convolution) =>
        graph.add('Clip', [convolution, graph.floats([], [0]), graph.floats([], [6])]),
      ),
    ).toContain('Conv Clip')
  })

  it('leaves a convolution alone that something else reads too', () => {
    const operators = operatorsOf((graph, convolution) =>
      graph.add('Mul', [convolution, graph.add('Sigmoid', [convolution])]),
    )
    expect(operators).toContain('Conv')
    expect(operators).toContain('Sigmoid')
  })

  it('does not take a single number for a residual', () => {
    const operators = operatorsOf((graph, convolution) =>
      graph.add('Relu', [graph.add('Add', [convolution, graph.floats([], [3])])]),
    )
    expect(operators).toContain('Conv')
    expect(operators).toContain('Add')
    expect(operators).toContain('Relu')
  })
})
