import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { graphOf, runStubGraph, stubOptions } from '../testing/run-stub-graph.js'
import { stubLibrary } from '../testing/stub-nodes.js'
import type { PluginLimits } from './host/limits.js'
import { describeStaged, stagePlugin } from './install/stage-plugin.js'
import type { DescribedNode } from './manifest/described-node.js'
import { proxyNode } from './node/proxy-node.js'
import { makePlugin } from './testing/make-plugin.js'
import type { MadePlugin } from './testing/make-plugin.js'

let innocent: DescribedNode
beforeAll(async () => {
  const [described] = await describeStaged(
    await stagePlugin(makePlugin('p'), join(mkdtempSync(join(tmpdir(), 'graft-innocent-')), 'plugins'), false),
  )
  innocent = described as DescribedNode
})

const secret = join(mkdtempSync(join(tmpdir(), 'graft-secret-')), 'secret.txt')
writeFileSync(secret, 'hidden')

/** Runs a graph in which the plugin's node and an innocent branch stand side by side. */
async function runBeside(
  name: string,
  made: MadePlugin,
  limits: Partial<PluginLimits> = {},
): Promise<{ readonly message: string; readonly finished: readonly string[]; readonly status: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'graft-hostile-'))
  const { plugin } = await stagePlugin(makePlugin(name, made), join(directory, 'plugins'), false)
  const definition = proxyNode(
    plugin,
    {
      ...innocent,
      manifest: {
        ...innocent.manifest,
        outputs: { value: { kind: made.output ?? 'number', title: 'It', description: 'What it gives.' } },
      },
    },
    limits,
  )
  const graph = graphOf({ bad: { type: `${name}/gives` }, good: { type: 'constant' }, other: { type: 'sum' } }, [
    'good.value -> other.terms',
  ])
  const { events, end } = await runStubGraph(
    graph,
    stubOptions(directory, { library: [...stubLibrary, definition], to: ['bad', 'other'] }),
  )
  const failed = events.find((event) => event.type === 'node-failed')
  return {
    message: failed?.type === 'node-failed' ? `${failed.node}: ${failed.problem.message}` : 'nothing failed',
    finished: events.flatMap((event) => (event.type === 'node-finished' ? [event.node] : [])),
    status: end.status,
  }
}

describe('a hostile plugin fails alone, with a message that names it', () => {
  it.each<[string, MadePlugin, Partial<PluginLimits>, RegExp]>([
    [
      'loops forever',
      { run: 'for (;;) {}' },
      { silenceMilliseconds: 1000 },
      /^bad: Plugin "p" 1\.0\.0 gave no sign of life for 1 s and was stopped/,
    ],
    [
      'waits forever',
      { run: 'await new Promise((resolve) => setTimeout(resolve, 1e8))' },
      { callMilliseconds: 200 },
      /Plugin "p" 1\.0\.0 took longer than the 0\.2 s it may take/,
    ],
    [
      'fills the heap',
      { run: 'const all = []; for (;;) all.push(new Array(1e5).fill({}))', permissions: { memoryMegabytes: 64 } },
      {},
      /Plugin "p" 1\.0\.0 took \d+ MB of memory, more than the 64 MB/,
    ],
    [
      'allocates buffers outside the heap',
      {
        run: 'const all = []; for (;;) { all.push(Buffer.alloc(2e7, 1)); await new Promise((r) => setTimeout(r, 1)) }',
        permissions: { memoryMegabytes: 64 },
      },
      {},
      /Plugin "p" 1\.0\.0 took \d+ MB of memory, more than the 64 MB/,
    ],
    [
      'reads outside its paths',
      {
        before: "import { readFileSync } from 'node:fs'",
        run: `return { value: readFileSync(${JSON.stringify(secret)}).length }`,
      },
      {},
      /Plugin "p" 1\.0\.0 tried to read .*secret\.txt, which it was not permitted to/,
    ],
    [
      'writes a file',
      {
        before: "import { writeFileSync } from 'node:fs'",
        run: `writeFileSync(${JSON.stringify(`${secret}.new`)}, 'x')`,
      },
      {},
      /Plugin "p" 1\.0\.0 tried to write .*secret\.txt\.new, which it was not permitted to/,
    ],
    [
      'calls process.exit',
      { run: 'process.exit(0)' },
      {},
      /Plugin "p" 1\.0\.0 ended its process with code 0 before it gave a result/,
    ],
    [
      'crashes its process',
      { run: "setImmediate(() => { throw new Error('boom') }); await new Promise(() => setInterval(() => {}, 1000))" },
      {},
      /Plugin "p" 1\.0\.0 failed: boom/,
    ],
    [
      'starts a program',
      { before: "import { execSync } from 'node:child_process'", run: "execSync('true')" },
      {},
      /Plugin "p" 1\.0\.0 tried to start or signal a process/,
    ],
    [
      'kills its host',
      { run: 'process.kill(process.ppid)' },
      {},
      /Plugin "p" 1\.0\.0 tried to start or signal a process: process\.kill/,
    ],
    [
      'fetches from the network',
      { run: "await fetch('http://127.0.0.1:9/')" },
      {},
      /Plugin "p" 1\.0\.0 tried to use the network: fetch/,
    ],
    [
      'opens a socket',
      { before: "import { connect } from 'node:net'", run: "connect(9, '127.0.0.1')" },
      {},
      /Plugin "p" 1\.0\.0 tried to use the network: net\.connect/,
    ],
    [
      'floods its host with events',
      {
        run: "for (;;) { for (let i = 0; i < 100; i++) context.emit({ type: 'log', level: 'info', message: 'again' }); await new Promise((r) => setImmediate(r)) }",
      },
      { messageBurst: 500, messagesPerSecond: 100 },
      /Plugin "p" 1\.0\.0 sent more than 500 messages at once/,
    ],
    [
      'sends a message without end',
      { run: "return { value: 'x'.repeat(3e6) }" },
      { messageBytes: 1e6 },
      /Plugin "p" 1\.0\.0 sent a message of \d+ bytes; at most 1000000 are read/,
    ],
    [
      'prints without end',
      // Not faster than a busy host reads: what waits to be printed fills the plugin's memory, which ends it as well.
      { run: "for (;;) { console.log('x'.repeat(1e5)); await new Promise((r) => setTimeout(r, 10)) }" },
      { printedBytes: 1e6 },
      /Plugin "p" 1\.0\.0 sent more than 1000000 bytes to its standard output/,
    ],
    [
      'reaches for prototypes',
      { run: 'return JSON.parse(\'{"value": 1, "__proto__": {"polluted": true}}\')' },
      {},
      /Plugin "p" 1\.0\.0 sent a message with the key "__proto__"/,
    ],
    [
      'nests a message too deeply',
      { run: 'let deep = 1; for (let i = 0; i < 200; i++) deep = [deep]; return { value: deep }' },
      {},
      /Plugin "p" 1\.0\.0 sent a message nested deeper than 64 levels/,
    ],
    [
      'writes rubbish into the channel',
      {
        before: "import { writeSync } from 'node:fs'",
        run: 'writeSync(3, Buffer.alloc(64, 0xff)); await new Promise(() => setInterval(() => {}, 1000))',
      },
      {},
      /Plugin "p" 1\.0\.0 sent a message of 4294967295 bytes/,
    ],
    [
      'gives something else than it promised',
      { run: "return { value: 'seven' }" },
      {},
      /Plugin "p" 1\.0\.0 at its output "value" gave no number/,
    ],
    [
      'names a blob that it was not given',
      {
        output: 'file',
        run: "return { value: { kind: 'file', blob: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'text/plain' } } }",
      },
      {},
      /Plugin "p" 1\.0\.0 at its output "value" names the blob aaaaaaaaaaaa…, which the plugin neither stored nor was given/,
    ],
    [
      'emits an event that belongs to the host',
      {
        run: "context.emit({ type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 0 }); await new Promise(() => setInterval(() => {}, 1000))",
      },
      {},
      /Plugin "p" 1\.0\.0 sent an event that is not one of/,
    ],
  ])('that %s', async (_what, made, limits, message) => {
    const { message: said, finished, status } = await runBeside('p', made, limits)
    expect(said).toMatch(message)
    expect(finished).toEqual(['good', 'other'])
    expect(status).toBe('failed')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
