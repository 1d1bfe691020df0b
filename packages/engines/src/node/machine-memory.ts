import { freemem, totalmem } from 'node:os'
import type { MachineMemory } from '../host/host.js'

/** Only newer versions of Node know these. */
interface KnowsMemory {
  availableMemory?(): number
  constrainedMemory?(): number
}

/** The memory of this machine, as far as this process may use it. */
export function machineMemory(): MachineMemory {
  const system = process as typeof process & KnowsMemory
  const constrained = system.constrainedMemory?.() ?? 0
  return {
    // Without a limit Node gives 0 or a number beyond every machine.
    total: constrained > 0 ? Math.min(constrained, totalmem()) : totalmem(),
    free: system.availableMemory?.() ?? freemem(),
  }
}
