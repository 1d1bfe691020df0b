import { expect, it } from 'vitest'
import { namesIn, stagesValue } from './stages-value.js'

const stages = ['stem', 'stage1', 'stage2']

it('keeps ticked stages in the order of the network', () => {
  expect(stagesValue(['stage2'], ['stage2', 'stem'], stages)).toEqual(['stem', 'stage2'])
})

it('brings the last stage along with the first tick only, so that it can be taken off again', () => {
  expect(stagesValue([], ['stem'], stages)).toEqual(['stem', 'stage2'])
  expect(stagesValue(['stem', 'stage2'], ['stem'], stages)).toEqual(['stem'])
  expect(stagesValue([], [], stages)).toEqual([])
})

it('keeps names of another network until they are unticked', () => {
  expect(stagesValue(['layer4', 'stem'], ['layer4', 'stem', 'stage1'], stages)).toEqual(['stem', 'stage1', 'layer4'])
})

it('reads names of whatever a document has', () => {
  expect(namesIn(['stem', 3, null])).toEqual(['stem'])
  expect(namesIn('stem')).toEqual([])
})
