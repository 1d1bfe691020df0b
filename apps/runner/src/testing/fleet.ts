import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphDocument, RunDetail, RunEvent, RunSummary } from '@graft/graph-schema'
import { startTestServer } from './in-process-server.js'
import type { TestServer } from './in-process-server.js'
import { graphOf, runStubGraph, stubOptions } from './run-stub-graph.js'
import { compiled } from './spawn-graft.js'
import { WorkerProcess } from './worker-process.js'

/**
 * How a proxy treats a request: passes it on, takes it and never answers, passes on its first bytes and then nothing, or
 * passes it on and loses the answer.
 */
export type Treatment = 'pass' | 'swallow' | 'begin' | 'lose'

/** For tests that wait for the end of a lease. */
export const shortLease = { leaseSeconds: 4 }

/** Servers with a queue of stub nodes, and workers of theirs; all of them end with the test. */
export class Fleet {
  private readonly ends: (() => Promise<unknown>)[] = []

  async end(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end()
  }

  async serve(changes: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
    const server = await startTestServer({
      runProgram: compiled('testing/stub-child.js'),
      // A worker on a busy machine must not lose it.
      leaseSeconds: 60,
      runsOn: 'workers',
      limits: { requestsPerSecond: 10_000, expensivePerSecond: 10_000 },
      ...changes,
    })
    this.ends.push(() => server.close())
    return server
  }

  worker(
    server: { readonly address: string },
    name: string,
    words: readonly string[] = [],
    home?: string,
  ): WorkerProcess {
    const started = WorkerProcess.start(server.address, name, words, home)
    this.ends.push(() => started.stop('SIGKILL'))
    return started
  }

  /** A proxy of a server; `treat` decides what it does with each request. */
  async proxy(address: string, treat: (request: IncomingMessage) => Treatment): Promise<{ readonly address: string }> {
    const proxy = createServer((request, response) => {
      const treatment = treat(request)
      if (treatment === 'swallow') return
      const { method, headers, url } = request
      const passed = httpRequest(`${address}${url}`, { method, headers }, (answer) => {
        if (treatment === 'lose') return void answer.resume().on('end', () => response.destroy())
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      passed.on('error', () => response.destroy())
      // Its body may be there as a whole while the server has a part of it: the answer tells who has gone.
      response.on('close', () => void (response.writableFinished || passed.destroy()))
      if (treatment !== 'begin') request.pipe(passed)
      else request.once('data', (bytes: Buffer) => passed.write(bytes.subarray(0, 20)))
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    this.ends.push(async () => {
      proxy.closeAllConnections()
      proxy.close()
    })
    return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  }
}

/** Calls a server; throws for a refusal. */
export async function call<Result>(
  { address }: { readonly address: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<Result> {
  const answer = await fetch(`${address}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text === '' ? 'null' : text) as Result
}

type Server = Parameters<typeof call>[0]

/** Counts for a while, with a checkpoint after every step, and writes what came of it to a file. */
export const counting = (seed: number, steps = 15, pause = 10): GraphDocument => countingOf({ seed, steps, pause })

export interface Held {
  readonly document: GraphDocument
  letGo(): void
  /** Again, for the next run of it. */
  hold(): void
}

/**
 * Counts as well, but waits before its last step until it is let go: however late a test comes to look, kill or stop
 * something, it is still counting.
 */
export function heldCounting(seed: number, steps: number): Held {
  const heldBy = join(mkdtempSync(join(tmpdir(), 'graft-held-')), 'go')
  return {
    document: countingOf({ seed, steps, pause: 10, heldBy }),
    letGo: () => writeFileSync(heldBy, ''),
    hold: () => rmSync(heldBy),
  }
}

function countingOf(params: Readonly<Record<string, unknown>>): GraphDocument {
  const nodes = { count: { type: 'counting', params }, out: { type: 'write' } }
  return graphOf(nodes, ['count.value -> out.value'])
}

export const start = async (server: Server, document: GraphDocument, more: object = {}): Promise<string> =>
  (await call<{ run: RunSummary }>(server, 'POST', '/runs', { document, ...more })).run.id

export const runOf = async (server: Server, id: string): Promise<RunDetail> => call(server, 'GET', `/runs/${id}`)

export const eventsOf = async (server: Server, id: string): Promise<readonly RunEvent[]> =>
  (await call<{ events: RunEvent[] }>(server, 'GET', `/runs/${id}/events?limit=5000`)).events

export async function until<Result>(look: () => Promise<Result | null | undefined | false | 0>): Promise<Result> {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

export const ended = (server: Server, id: string): Promise<RunDetail> =>
  until(async () => {
    const run = await runOf(server, id)
    return ['succeeded', 'failed', 'cancelled'].includes(run.run.status) && run
  })

/** Resolves once a run is on this machine and has counted further than that. */
export const counted = (server: Server, id: string, host: string, steps: number): Promise<number> =>
  until(async () => {
    const { run, nodes } = await runOf(server, id)
    const done = nodes['count']?.progress?.done ?? 0
    return run.status === 'running' && run.host === host && done > steps && done
  })

/** Name of the file that a run wrote: its content. */
export const hashOf = ({ nodes }: RunDetail): string =>
  (nodes['out']?.outputs as Written | undefined)?.file.blob.sha256 ?? 'none'

/** Of the file of a run that counted here, and that no machine disturbed. */
export async function undisturbed(seed: number, steps: number): Promise<string> {
  const { end } = await runStubGraph(counting(seed, steps, 0), stubOptions())
  return (end.outputs['out'] as Written).file.blob.sha256
}

type Written = { readonly file: { readonly blob: { readonly sha256: string } } }

/** Steps from which a run went on, in the order of its attempts. */
export const resumedAt = (events: readonly RunEvent[]): readonly number[] =>
  events.flatMap((event) => {
    const step = event.type === 'log' ? /^Going on from a checkpoint: step (\d+)/.exec(event.message)?.[1] : undefined
    return step === undefined ? [] : [Number(step)]
  })
