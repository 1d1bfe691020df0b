import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getPriority, networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolationTools } from '../host/isolation-tools.js'
import { PluginProcess } from '../host/plugin-process.js'
import { stagePlugin } from '../install/stage-plugin.js'
import { makePlugin } from '../testing/make-plugin.js'
import { escapeAttempts } from './escape-attempts.js'

const marker = 'escapedMarker'
let victim: ChildProcess
/** Of this process and, undisturbed, of those it starts. */
const priority = getPriority()

beforeAll(() => {
  victim = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  process.env.GRAFT_ESCAPE_SECRET = marker
})
afterAll(() => {
  victim.kill('SIGKILL')
  delete process.env.GRAFT_ESCAPE_SECRET
})

/** Every file, folder and socket below a folder, with what of it a plugin could change. */
function look(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, size, mtimeMs, nlink, uid } = lstatSync(join(folder, name))
      const isFile = lstatSync(join(folder, name)).isFile()
      return [name, mode, size, mtimeMs, nlink, uid, isFile ? readFileSync(join(folder, name), 'base64') : ''].join(' ')
    })
}

const prelude = `
import fs from 'node:fs'
import vm from 'node:vm'
import crypto from 'node:crypto'
import Module, { createRequire, syncBuiltinESMExports } from 'node:module'
import { pathToFileURL } from 'node:url'
`

/** Runs the attempt in a real plugin process; returns what it threw, and what changed on the machine. */
async function attemptWith(body: string, permissions: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'graft-escape-')))
  const outside = join(base, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'kept.txt'), 'kept')
  chmodSync(join(outside, 'kept.txt'), 0o640)
  const given = { outside, marker, victim: victim.pid, secret: join(outside, 'kept.txt'), port: 0 }
  const names = Object.entries(given).map(([name, value]) => `const ${name} = ${JSON.stringify(value)}`)
  const { plugin } = await stagePlugin(
    makePlugin('p', {
      before: `${prelude}\n${names.join('\n')}\nconst own = new URL('.', import.meta.url).pathname.replace(/\\/$/, '')`,
      run: body,
      permissions: { memoryMegabytes: 64, ...permissions },
      files: { 'asks.cjs': "module.exports = require('v8')", 'other.mjs': 'export {}', 'native.node': 'no' },
    }),
    join(base, 'plugins'),
    false,
  )
  const before = look(base)
  let said = ''
  const running = await PluginProcess.start(plugin, [], { callMilliseconds: 5000 })
  try {
    await running
      .call({ method: 'run', node: 'gives', params: {}, paths: {}, inputs: {}, nodeId: 'n', document: {} })
      .catch((error: unknown) => (said = String((error as Error).message)))
  } finally {
    await running.stop()
  }
  const changed = look(base).filter((line) => !before.includes(line))
  const gone = before.filter((line) => !look(base).includes(line))
  return [...changed, ...gone, ...(said.includes('escaped') ? [said] : [])]
}

const permissionSets: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['no permission', {}],
  ['network alone', { network: true }],
  // A folder that isn't the one it must not touch.
  ['reading alone', { read: ['/usr/share/zoneinfo'] }],
]

// `childProcesses` is not among them: whoever may start programs can do everything, and the person is told so.
describe('a plugin leaves no trace on the machine, with no permission and with each single one (machines 15), by', () => {
  it.each(escapeAttempts.map((attempt) => [attempt.how, attempt] as const))('%s', async (_how, { body, isNetwork }) => {
    const sets = permissionSets.filter(([, permissions]) => !(isNetwork && 'network' in permissions))
    const traces = await Promise.all(sets.map(([, permissions]) => attemptWith(body, permissions)))
    expect(Object.fromEntries(sets.map(([name], index) => [name, traces[index]]))).toEqual(
      Object.fromEntries(sets.map(([name]) => [name, []])),
    )
    expect(victim.exitCode ?? victim.signalCode).toBeNull()
    expect(getPriority(victim.pid)).toBe(priority)
  })
})

it.skipIf(isolationTools().writesNothing === null)(
  'what gets past every wall inside the process still puts no byte into a file, and gains no rights',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-outer-'))
    const program = `const fs = require('fs'); try { fs.writeFileSync('made', 'content') } catch {}
      try { fs.appendFileSync('kept', 'more') } catch {}
      process.stdout.write(/NoNewPrivs:\\s*1/.test(fs.readFileSync('/proc/self/status', 'utf8')) ? 'bound' : 'free')
      process.abort()`
    writeFileSync(join(folder, 'kept'), 'kept')
    const [command = '', ...words] = isolationTools().writesNothing ?? []
    const { stdout } = spawnSync(command, [...words, process.execPath, '-e', program], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(stdout).toBe('bound')
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('kept')
    expect(readdirSync(folder).filter((name) => lstatSync(join(folder, name)).size > 0)).toEqual(['kept'])
  },
)

it('a plugin with the network reaches no service of this machine, such as a Graft without a token', async () => {
  let arrived = 0
  const service = createServer((_request, response) => {
    arrived += 1
    response.end('secret')
  })
  await new Promise<void>((resolve) => service.listen(0, () => resolve()))
  const { port } = service.address() as AddressInfo
  const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address))
  const hosts = [
    '127.0.0.1',
    'localhost',
    '127.9.9.9',
    '0.0.0.0',
    '2130706433',
    '0x7f.1',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    ...own,
  ]
  const body = `const net = await import('node:net'); const http = await import('node:http')
     for (const host of ${JSON.stringify(hosts)}) {
       await fetch('http://' + (host.includes(':') ? '[' + host + ']' : host) + ':${port}/').catch(() => {})
       for (const make of [() => net.connect(${port}, host), () => http.get({ host, port: ${port} }), () => net.connect({ host, port: ${port}, lookup: (n, o, done) => done(null, o.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4) })])
         await new Promise((resolve) => { try { make().on('error', resolve).on('connect', resolve).on('response', resolve) } catch { resolve() } setTimeout(resolve, 300) })
     }`
  await attemptWith(body, { network: true })
  const reached = arrived
  // Whoever may start programs has no such wall: the attempts do arrive.
  await attemptWith(body, { network: true, childProcesses: true })
  service.closeAllConnections()
  service.close()
  expect(reached).toBe(0)
  expect(arrived).toBeGreaterThan(0)
})
