// Two workers share a queue of trainings, each with a home of its own, in network namespaces where these can be made
// (root on Linux), else on this machine's loopback. One is killed in the middle with all its processes. Every run has
// to end once, with the weights of the same run on a single machine.
//   node packages/tests/bench/machines.mjs [--runs 20] [--epochs 12] [--lease 5] [--data FOLDER] [--out FILE]
// Half of the runs read photos that lie with the server only, where there are any (../shared/real). Ends with 1 when a
// run is lost, done twice, or has other weights.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { edge, machineFacts, node, printTable, realData, root, trainingOf } from './bench-kit.mjs'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    epochs: { type: 'string', default: '12' },
    lease: { type: 'string', default: '5' },
    data: { type: 'string' },
    out: { type: 'string' },
  },
})
const photos = values.data ?? join(realData, 'hymenoptera')
const graft = join(root, 'apps/runner/bin/graft.mjs')
const folder = mkdtempSync(join(tmpdir(), 'graft-machines-'))
const token = randomBytes(24).toString('hex')
const tokenFile = join(folder, 'token')
writeFileSync(tokenFile, token, { mode: 0o600 })

const ip = (...words) => execFileSync('ip', words, { stdio: 'pipe' })
const tag = `g${process.pid % 10_000}`
/** A bridge with a machine at each end: .1 is the server's, .2 and .3 are the workers'. */
function makeNetwork() {
  const names = ['first', 'second'].map((name) => `${tag}-${name}`)
  try {
    ip('link', 'add', tag, 'type', 'bridge')
    ip('addr', 'add', '10.213.7.1/24', 'dev', tag)
    ip('link', 'set', tag, 'up')
    for (const [index, name] of names.entries()) {
      ip('netns', 'add', name)
      ip('link', 'add', `${tag}h${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
      ip('link', 'set', `${tag}h${index}`, 'master', tag, 'up')
      ip('-n', name, 'addr', 'add', `10.213.7.${index + 2}/24`, 'dev', 'eth0')
      ip('-n', name, 'link', 'set', 'eth0', 'up')
    }
    return { host: '10.213.7.1', names }
  } catch (error) {
    console.log(`no network namespaces here (${String(error.stderr ?? error.message).trim()}): loopback instead`)
    removeNetwork()
    return { host: '127.0.0.1', names: [] }
  }
}
function removeNetwork() {
  for (const words of [
    ['netns', 'del', `${tag}-first`],
    ['netns', 'del', `${tag}-second`],
    ['link', 'del', tag],
  ])
    try {
      ip(...words)
    } catch {
      // It was not made.
    }
}

const children = new Set()
function start(home, words, netns) {
  mkdirSync(home, { recursive: true })
  const command = [process.execPath, graft, ...words]
  const whole = netns === undefined ? command : ['ip', 'netns', 'exec', netns, ...command]
  const child = spawn(whole[0], whole.slice(1), {
    cwd: home,
    env: { ...process.env, GRAFT_HOME: home, GRAFT_MEASURE: 'off', GRAFT_CHECKPOINT_SECONDS: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  child.printed = ''
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text) => {
      child.printed = (child.printed + text).slice(-100_000)
    })
  children.add(child)
  return child
}
/** The whole machine goes: the worker and the process of its run. */
const kill = (child) => {
  children.delete(child)
  if (child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
}

async function serve(name, host, words) {
  const child = start(join(folder, name), [
    'serve',
    '--host',
    host,
    '--port',
    '0',
    '--token-file',
    tokenFile,
    '--quiet',
    ...(existsSync(photos) ? ['--data-root', photos] : []),
    ...words,
  ])
  for (;;) {
    const address = /Graft is at (\S+)/.exec(child.printed)?.[1]
    if (address !== undefined) return { child, address }
    if (child.exitCode !== null) throw new Error(child.printed)
    await pause(50)
  }
}
async function call({ address }, method, path, body) {
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

function documentOf(index) {
  const document = trainingOf(`machines ${index}`, {
    images:
      index % 2 === 1 && existsSync(photos)
        ? node('image-folder', { path: photos })
        : node('sample-data', { set: 'small-similar' }),
    freeze: { to: 'stage5' },
    train: { epochs: Number(values.epochs), batchSize: 16, seed: index },
  })
  return {
    ...document,
    nodes: { ...document.nodes, evaluate: node('evaluate') },
    edges: [...document.edges, edge('train.model', 'evaluate.model'), edge('split.val', 'evaluate.images')],
  }
}
const over = ['succeeded', 'failed', 'cancelled', 'interrupted']
const submit = async (server) => {
  const ids = []
  for (let index = 0; index < Number(values.runs); index++)
    ids.push(
      (
        await call(server, 'POST', '/runs', {
          document: documentOf(index),
          to: 'evaluate',
          engine: 'onnx',
          device: 'cpu',
        })
      ).run.id,
    )
  return ids
}
const look = (server) => call(server, 'GET', '/runs?limit=500').then(({ runs }) => runs)
async function untilOver(server) {
  for (;;) {
    const runs = await look(server)
    if (runs.every(({ status }) => over.includes(status))) return
    await pause(500)
  }
}
/** Checksums of every parameter of the trained network, and the accuracy. */
async function resultOf(server, id) {
  const { run, nodes } = await call(server, 'GET', `/runs/${id}`)
  const parameters = nodes.train?.outputs?.model?.network?.parameters ?? {}
  const weights = Object.entries(parameters).map(
    ([name, { source }]) => `${name} ${source.blob ?? JSON.stringify(source)}`,
  )
  return {
    run,
    weights: weights.toSorted().join('\n'),
    score: run.headline?.value,
    paths: !JSON.stringify(nodes).includes('/mirror/'),
  }
}
async function eventsOf(server, id) {
  const all = []
  for (let from = 0; ; ) {
    const { events, next } = await call(server, 'GET', `/runs/${id}/events?from=${from}&limit=5000`)
    if (events.length === 0) return all
    all.push(...events)
    from = next
  }
}

async function bench() {
  const network = makeNetwork()
  const shared = await serve('server', network.host, ['--runs-on', 'workers', '--lease', values.lease])
  const ids = await submit(shared)
  const workers = ['first', 'second'].map((name, index) =>
    start(
      join(folder, name),
      ['worker', '--server', shared.address, '--token-file', tokenFile, '--name', name],
      network.names[index],
    ),
  )
  let killed
  for (; killed === undefined; await pause(200)) {
    const runs = await look(shared)
    const done = runs.filter(({ status }) => status === 'succeeded').length
    if (runs.every(({ status }) => over.includes(status)))
      throw new Error(
        `Everything was over before a worker was killed: ${runs.map(({ problem, status }) => problem?.message ?? status).join('; ')}`,
      )
    const mine = runs.find(({ status, host }) => status === 'running' && host === 'first')
    if (done < Math.floor(ids.length / 4) || mine === undefined) continue
    const { progress } = (await call(shared, 'GET', `/runs/${mine.id}`)).nodes.train ?? {}
    if (progress?.unit !== 'steps' || progress.done < 5 || progress.done > progress.total * 0.7) continue
    kill(workers[0])
    killed = { run: mine.id, step: progress.done, of: progress.total, done }
  }
  console.log(
    `killed the first worker in step ${killed.step} of ${killed.of} of run ${ids.indexOf(killed.run) + 1}, ${killed.done} runs done`,
  )
  await untilOver(shared)
  const alone = await serve('alone', '127.0.0.1', ['--runs-on', 'here'])
  const references = await submit(alone)
  await untilOver(alone)
  const rows = []
  for (const [index, id] of ids.entries()) {
    const [result, reference] = [await resultOf(shared, id), await resultOf(alone, references[index])]
    const events = await eventsOf(shared, id)
    const count = (test) => events.filter(test).length
    rows.push({
      run: index + 1,
      data: documentOf(index).nodes.images.type,
      host: result.run.host,
      status: result.run.status,
      attempts: result.run.attempts,
      'from checkpoint': count(
        (event) => event.type === 'log' && event.message.startsWith('Going on from a checkpoint'),
      ),
      ends: count(({ type }) => type === 'run-finished'),
      trainings: count((event) => event.type === 'node-finished' && event.node === 'train'),
      'in order': events.every((event, place) => event.sequence === place),
      'paths of the server': result.paths,
      score: result.score,
      same: result.weights !== '' && result.weights === reference.weights && result.score === reference.score,
    })
  }
  printTable(rows)
  const passed = rows.every(
    (row) =>
      row.status === 'succeeded' &&
      row.ends === 1 &&
      row.trainings === 1 &&
      row['in order'] &&
      row['paths of the server'] &&
      row.same,
  )
  const shares = Object.fromEntries(
    ['first', 'second'].map((name) => [name, rows.filter(({ host }) => host === name).length]),
  )
  const result = {
    name: 'machines',
    machine: machineFacts(),
    network: network.names.length > 0 ? 'two network namespaces' : 'loopback',
    runs: rows.length,
    killed,
    shares,
    passed,
    rows,
  }
  const file = values.out ?? join(root, 'packages/tests/bench/results/machines.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(
    `${rows.length} runs, ${result.network}: ${passed ? 'each ended once, with the weights of a single machine' : 'FAILED'}`,
  )
  return passed
}

function cleanUp() {
  for (const child of children) kill(child)
  removeNetwork()
  rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    cleanUp()
    process.exit(130)
  })
let passed = false
try {
  passed = await bench()
} finally {
  cleanUp()
}
process.exit(passed ? 0 : 1)
