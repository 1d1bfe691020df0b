import { writeZip } from '@graft/network'
import type { NodeDefinition } from '@graft/nodes'
import { exportProgram } from '../exporting/export-program.js'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import type { HelperCalls } from './helper-protocol.js'

/** A graph as a program, zipped into the store. Throws RunRefused and NodeError. */
export async function zipProgram(
  { document, base, roots, train, byLibrary }: HelperCalls['program']['ask'],
  library: readonly NodeDefinition[],
): Promise<HelperCalls['program']['answer']> {
  const request = {
    document,
    base,
    roots,
    ...(train !== undefined && { last: train }),
    ...(byLibrary && { byLibrary }),
  }
  const { files, remarks } = await exportProgram(request, library)
  const name = folderName(document.name)
  const bytes = writeZip([...files].map(([path, content]) => ({ name: `${name}/${path}`, bytes: content })))
  const file = await openBlobStore(findHome().store).put(bytes, 'application/zip', `${name}-pytorch.zip`)
  return { file, remarks }
}

/** A graph's name as a folder's on any system; never one that leads out of where the zip file is unpacked. */
export const folderName = (name: string): string =>
  [...name.replaceAll(/[^\p{Letter}\p{Mark}\p{Number}_-]+/gu, '-')]
    .slice(0, 80)
    .join('')
    .replaceAll(/^-+|-+$/g, '') || 'graph'
