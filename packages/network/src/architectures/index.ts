import type { Architecture } from './architecture.js'
import { graftnet } from './graftnet.js'

export type { Architecture, ArchitectureOptions } from './architecture.js'

/** Every architecture that code can build. */
export const architectures: readonly Architecture[] = [graftnet]
