import { expect, it } from 'vitest'
import { datasetInput, datasetPort, inputList, modelInput, optionalDatasetInput } from './ports.js'

it('makes a port of a kind, with what else is said of it', () => {
  expect(datasetPort('Images to learn from.', { splits: ['train'] })).toEqual({
    kind: 'dataset',
    title: 'Images',
    description: 'Images to learn from.',
    splits: ['train'],
  })
})

it('passes values of the right kind and refuses others, naming what came', () => {
  const dataset = { kind: 'dataset' }
  expect(datasetInput(dataset)).toBe(dataset)
  expect(optionalDatasetInput(undefined)).toBeUndefined()
  expect(() => modelInput(dataset)).toThrow(/expected a model, but got a value of kind "dataset"/)
  expect(() => datasetInput(undefined)).toThrow(/expected images, but got nothing/)
})

it('gives what arrived at an input that takes several', () => {
  expect([inputList(undefined), inputList([1, 2]), inputList('x')]).toEqual([[], [1, 2], ['x']])
})
