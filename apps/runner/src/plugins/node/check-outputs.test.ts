import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeError } from '@graft/nodes'
import { expect, it } from 'vitest'
import { openBlobStore } from '../../store/file-blob-store.js'
import { BlobBroker } from '../host/blob-broker.js'
import { checkOutputs } from './check-outputs.js'

const refuse = (path: string): never => {
  throw new NodeError(null, `"${path}" was not sent.`, 'Send it.')
}

/** Checks a dataset whose list of samples is `list`, given by a plugin on a machine that opens no image. */
async function checkList(list: string): Promise<unknown> {
  const store = { ...openBlobStore(mkdtempSync(join(tmpdir(), 'graft-store-'))), checkPath: refuse }
  const blobs = new BlobBroker(store, {}, 10_000)
  const samples = await blobs.put(new TextEncoder().encode(list), 'application/x-ndjson')
  const images = {
    ...{ kind: 'dataset', task: 'single-label', split: 'all', name: 'Photos', classNames: ['ant'] },
    ...{ count: 1, countPerClass: [1], transforms: [], skipped: [], provenance: [], samples },
  }
  const port = { kind: 'dataset', title: 'Images', description: 'Images.' } as const
  return checkOutputs(
    { images },
    {
      plugin: { name: 'p', version: '1.0.0' },
      manifest: { outputs: { images: port } } as never,
      ...{ inputs: {}, store, blobs, readable: [] },
    },
  )
}

it('tells why a list of images may not be read on this machine, and blames only a broken one on the plugin', async () => {
  const line = JSON.stringify({ id: 'a', label: 0, fingerprint: 'f', path: '/home/w/own.jpg' })
  await expect(checkList(line)).rejects.toThrow('"/home/w/own.jpg" was not sent.')
  await expect(checkList('no list')).rejects.toThrow(/Plugin "p" .* cannot be read/)
})
