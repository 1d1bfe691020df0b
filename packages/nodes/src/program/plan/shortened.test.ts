import { expect, it } from 'vitest'
import { moduleOf, shortened } from './shortened.js'

it('Names are told by the shortest beginnings that no other name has', () => {
  const all = ['stem.conv.weight', 'stem.bn.weight', 'layer1.0.weight', 'layer1.1.weight', 'layer10.weight', 'fc.bias']
  const meant = new Set(['stem.conv.weight', 'stem.bn.weight', 'layer1.1.weight', 'layer10.weight'])
  expect(shortened(meant, all)).toEqual(['stem', 'layer1.1', 'layer10'])
  expect(shortened(new Set(), all)).toEqual([])
  expect(shortened(new Set(['fc']), ['fc', 'fc.bias'])).toEqual(['fc'])
})

it('A parameter is in the module before its last dot', () => {
  expect([moduleOf('layer1.0.bn1.weight'), moduleOf('pos_embed')]).toEqual(['layer1.0.bn1', ''])
})
