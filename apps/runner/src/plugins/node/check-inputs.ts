import { isPortKind } from '@graft/graph-schema'
import type { NodeManifest } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes'
import { valueFault } from './value-fault.js'

/**
 * Holds values of plugins' own kinds against the schema of the input they arrive at: the plugin that gave them may be of
 * another version, or another plugin. Throws NodeError naming the input.
 */
export function checkInputs(inputs: Readonly<Record<string, unknown>>, { inputs: ports }: NodeManifest): void {
  for (const [name, port] of Object.entries(ports)) {
    if (isPortKind(port.kind) || inputs[name] === undefined) continue
    const values: readonly unknown[] = port.multiple === true ? (inputs[name] as readonly unknown[]) : [inputs[name]]
    const fault = values.map((value) => valueFault(port, value)).find((found) => found !== null)
    if (fault === undefined) continue
    throw new NodeError(
      name,
      `What arrives at "${name}" is not the ${port.kind} that this node expects: ${fault}.`,
      'Connect an output of a plugin whose version goes with this one.',
    )
  }
}
