import { describe, expect, it } from 'vitest'
import { classNames } from './identifiers.js'
import { float, remark, text } from './python.js'

describe('Python text', () => {
  it('keeps letters beyond 16 bits whole, and escapes what can’t be seen', () => {
    expect(text('a "b"\\\n🐱 é,\u200b\u{e0001}')).toBe('"a \\"b\\"\\\\\\n🐱 é,\\u200b\\U000e0001"')
  })

  it('writes numbers that Python reads without a module', () => {
    expect([1, 1e-7, -0.5, -Infinity, Infinity, NaN].map(float)).toEqual([
      '1.0',
      '1e-7',
      '-0.5',
      'float("-inf")',
      'float("inf")',
      'float("nan")',
    ])
  })

  it('keeps what stands in a comment or docstring on its line', () => {
    expect(remark('a\nimport os\r\u2028"""\\')).toBe('a import os')
  })

  it('gives stages classes of different names, none of which the file has already', () => {
    expect([...classNames(['layer_1', 'layer1', 'f', 'none', 'network']).values()]).toEqual([
      'Layer1',
      'Layer1_2',
      'FStage',
      'None_',
      'NetworkStage',
    ])
  })
})
