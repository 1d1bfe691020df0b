import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { realData } from './editor-under-test.js'

const folder = '/storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.75_224/'

/** TensorFlow.js's store on this machine, for `GRAFT_MIRROR`, with one network. */
export interface StandInHub {
  readonly origin: string
  /** From which byte each file was asked for, in order. */
  readonly asked: { readonly file: string; readonly from: number }[]
  /** Until then only the first half of a file of weights is sent. */
  open(): void
  shut(): void
  close(): Promise<void>
}

export async function startStandInHub(): Promise<StandInHub> {
  const asked: StandInHub['asked'] = []
  let isOpen = true
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const file = join(realData, 'mobilenet_v1_0.75_224', basename(path))
    if (!path.startsWith(folder) || !/^(model\.json|group\d+-shard1of1)$/.test(basename(path)) || !existsSync(file))
      return void response.writeHead(404).end()
    const whole = readFileSync(file)
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    asked.push({ file: basename(path), from })
    const bytes = whole.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"1"',
      'content-length': bytes.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` }),
    })
    if (isOpen || bytes.length < 100_000) return void response.end(bytes)
    const half = Math.floor(bytes.length / 2)
    response.write(bytes.subarray(0, half))
    waiting.push(() => response.end(bytes.subarray(half)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    open: () => {
      isOpen = true
      for (const go of waiting.splice(0)) go()
    },
    shut: () => {
      isOpen = false
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
