import { stat } from 'node:fs/promises'
import { NodeError } from '../../../sdk/node-error.js'

/**
 * Throws a NodeError for field `path` unless there is a readable folder at the resolved path; `path` is as the person
 * wrote it.
 */
export async function requireFolder(path: string, resolved: string): Promise<void> {
  const facts = await stat(resolved).catch((error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : String(error),
  )
  const given = path === resolved ? `"${path}"` : `"${path}" (${resolved})`
  if (facts === 'ENOENT' || facts === 'ENOTDIR') {
    throw new NodeError(
      'path',
      `There is no folder ${given}.`,
      'Give the path of a folder that holds one folder of images per class; it is relative to the graph file.',
    )
  }
  if (typeof facts === 'string')
    throw new NodeError('path', `The folder ${given} can't be opened (${facts}).`, 'Check its permissions.')
  if (!facts.isDirectory())
    throw new NodeError(
      'path',
      `${given} is a file; expected a folder.`,
      'Give the folder that holds one folder of images per class. Unpack archives first.',
    )
}
