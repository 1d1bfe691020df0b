import type { NetworkSummary } from '@graft/graph-schema'
import { Children, isValidElement } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { describe, expect, it } from 'vitest'
import { fieldsFromSchema } from '../fields/fields-from-schema.js'
import { StageChoice } from './StageWidget.js'
import { StageName } from './StageName.js'
import type { NetworkInspected } from './use-inspection.js'

const [field] = fieldsFromSchema({ type: 'object', properties: { after: { type: 'string' } } })
const network = { stages: [] as NetworkSummary['stages'] } as NetworkSummary

const drawn = (inspected: NetworkInspected): ReactElement => {
  if (field === undefined) throw new Error('The schema has one field.')
  return StageChoice({
    ...{ nodeId: 'strip', field, id: 'after', labelId: 'after-label', isWrong: false, value: '' },
    onChange: () => undefined,
    profile: {
      cuts: null,
      measure: null,
      run: { runId: null, state: null, isBusy: false, failure: null },
      stop: () => undefined,
    },
    network: inspected,
  })
}

/** Where React finds an element again: what stands around it, and its place among the others. Null: it isn't there. */
function placeOf(tree: ReactNode, type: unknown): string | null {
  if (!isValidElement<{ readonly children?: ReactNode }>(tree)) return null
  if (tree.type === type) return ''
  const places = Children.map(tree.props.children, (child) => child) ?? []
  for (const child of places) {
    const place = placeOf(child, type)
    if (place !== null && isValidElement(child)) return `${String(tree.type)} ${child.key ?? ''} ${place}`
  }
  return null
}

describe('the name of a stage', () => {
  it('keeps the focus when the network arrives: it is the same element before and after', () => {
    const before = placeOf(drawn({ status: 'loading' }), StageName)
    expect(before).not.toBeNull()
    expect(placeOf(drawn({ status: 'ready', before: network, after: null, isOld: false }), StageName)).toBe(before)
    expect(placeOf(drawn({ status: 'none', message: 'Connect a network.' }), StageName)).toBe(before)
  })
})
