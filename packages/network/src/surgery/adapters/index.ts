import { lora } from './lora.js'
import { scaleAndShift } from './scale-and-shift.js'
import type { Adapter } from './adapter.js'

export type { Adapter } from './adapter.js'

/** Every kind of adapter. A new one is a file beside this one and an entry here. */
export const adapters: readonly [Adapter, ...Adapter[]] = [lora, scaleAndShift]
