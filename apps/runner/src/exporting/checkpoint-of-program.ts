import { readSafetensors } from '@graft/network'
import { hasNamesOf, type NodeDefinition, NodeError, readProgramCheckpoint, type TakenUp } from '@graft/nodes'
import { type ProgramRequest, programSource } from './export-program.js'

/**
 * The checkpoint that a program of this graph has written, with the network written out or made by a library. Throws as
 * `programSource`, and NodeError where it is of another graph.
 */
export async function checkpointOfProgram(
  request: ProgramRequest,
  given: readonly NodeDefinition[],
  bytes: Uint8Array,
): Promise<TakenUp> {
  const file = readSafetensors(bytes)
  const written = await programSource(request, given)
  if (hasNamesOf(written, file)) return readProgramCheckpoint(written, file)
  // Where no library makes this network, the names of the program that is written out are those to ask for.
  const made = await programSource({ ...request, byLibrary: true }, given).catch((error: unknown) => {
    if (error instanceof NodeError) return written
    throw error
  })
  return readProgramCheckpoint(hasNamesOf(made, file) ? made : written, file)
}
