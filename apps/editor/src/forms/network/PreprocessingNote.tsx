import type { ReactElement } from 'react'
import type { NetworkSummary } from '@graft/graph-schema'
import { FormProblem } from '../fields/FormProblem.js'

/** How images are prepared for a network, why so, and a warning where that is not certain. */
export function PreprocessingNote({ network: { preprocessing } }: { readonly network: NetworkSummary }): ReactElement {
  const { explanation, certain } = preprocessing
  return <FormProblem severity={certain ? 'info' : 'warning'} message={explanation} fix="" />
}
