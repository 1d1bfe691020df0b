import type { Architecture } from './architecture.js'
import { graftnet } from './graftnet.js'

export type { Architecture, ArchitectureOptions } from './architecture.js'

/** Every architecture that code can build and weights can be bound to, in the order in which they are tried. */
export const architectures: readonly Architecture[] = [graftnet]
