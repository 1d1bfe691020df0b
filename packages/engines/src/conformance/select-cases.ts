import type { Engine } from '../engine.js'
import type { ConformanceCase } from './conformance-case.js'
import { conformanceCases } from './conformance-cases.js'

/** Operators that every network has. */
const usual = new Set([
  'Conv',
  'Gemm',
  'BatchNormalization',
  'MaxPool',
  'GlobalAveragePool',
  'Relu',
  'Add',
  'Softmax',
  'LayerNormalization',
])
/** What drivers get wrong by themselves. */
const delicate = [/Pow, one per channel/, /backwards/, /a residual block/, /depthwise, stride 2/]
const firstOf = new Map([...conformanceCases].reverse().map((entry) => [entry.operator, entry]))

/**
 * All cases for engines that others fall back on. On a GPU every case takes a compilation, all of them minutes: by
 * default a selection, all where GRAFT_CONFORMANCE=all.
 */
export function casesFor(engine: Engine): readonly ConformanceCase[] {
  if (engine.standsIn || process.env['GRAFT_CONFORMANCE'] === 'all') return conformanceCases
  return conformanceCases.filter(
    (entry) =>
      (usual.has(entry.operator) && firstOf.get(entry.operator) === entry) ||
      delicate.some((pattern) => pattern.test(entry.title)),
  )
}
