import type { Network } from '../network.js'
import type { PreprocessingOrigin } from '../preprocessing-origin.js'

/** Networks of Graft 0.1 carry no record; their history tells where something was assumed. */
export function originOf({ preprocessingOrigin, provenance }: Network): PreprocessingOrigin {
  if (preprocessingOrigin !== undefined) return preprocessingOrigin
  const note = provenance.history.find((line) => /preprocessing.*assumed/.test(line))
  return note === undefined
    ? { how: 'file', reason: 'its own file says so', certain: true }
    : { how: 'assumed', reason: note, certain: false }
}
