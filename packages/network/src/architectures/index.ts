import { FormatError } from '../weight-format.js'
import type { Architecture } from './architecture.js'
import { resnet } from './families/resnet.js'
import { graftnet } from './graftnet.js'

export type { Architecture, ArchitectureOptions } from './architecture.js'

/**
 * Every architecture that code can build and weights can be bound to. Where weights fit several, the first one is
 * taken.
 */
export const architectures: readonly Architecture[] = [graftnet, ...resnet]

/** The architecture of this id or other name. Throws FormatError when there is none. */
export function findArchitecture(name: string): Architecture {
  const found = architectures.find(({ id, aliases }) => id === name || aliases.includes(name))
  if (found !== undefined) return found
  throw new FormatError(
    `There is no architecture "${name}". Expected one of: ${architectures.map(({ id }) => id).join(', ')}.`,
    'Choose one of these.',
  )
}
