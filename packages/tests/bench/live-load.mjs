// 200 viewers of one run and 50 requests a second, for a minute, while a training runs: how much the training loses,
// whether any event is lost, how much memory it takes.
//   node packages/tests/bench/live-load.mjs [--viewers 200] [--rate 50] [--seconds 60]
// Times with and without load take turns over one training. The clients are in a process of their own, on the same
// machine. Prints the figures and writes them to results/live-load.json.
import { fork, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { values } = parseArgs({
  options: {
    viewers: { type: 'string', default: '200' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    out: { type: 'string' },
    clients: { type: 'string' },
    run: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const rounds = 4

if (values.clients) await beClients(values.clients, values.run)
else await main()

async function main() {
  const home = mkdtempSync(join(tmpdir(), 'graft-load-'))
  const server = spawn(
    process.execPath,
    [join(root, 'apps/runner/bin/graft.mjs'), 'serve', '--port', '0', '--quiet', '--data-root', home],
    { env: { ...process.env, GRAFT_HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    const address = await new Promise((resolve, reject) => {
      server.stdout.on('data', (text) => {
        const match = /http:\S+/.exec(String(text))
        if (match) resolve(match[0])
      })
      server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    })
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024
    const { document } = await (await fetch(`${address}/api/v1/templates/large-different`)).json()
    // Trains on and on, until it is cancelled.
    for (const node of Object.values(document.nodes))
      if (node.type === 'train') Object.assign(node.params, { epochs: 10_000, patience: 0, batchSize: 4 })
    const train = Object.keys(document.nodes).find((id) => document.nodes[id].type === 'train')
    const start = async () =>
      (
        await (
          await fetch(`${address}/api/v1/runs`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ document, to: train }),
          })
        ).json()
      ).run.id
    const events = async (run, from) =>
      await (await fetch(`${address}/api/v1/runs/${run}/events?from=${from}&limit=5000`)).json()
    const step = async (run) => {
      let last = 0
      for (let from = 0; ; ) {
        const { events: some, next } = await events(run, from)
        for (const event of some)
          if (event.type === 'node-progress' && event.node === train && event.unit === 'steps') last = event.done
        if (some.length === 0) return last
        from = next
      }
    }
    const cancel = async (run) => {
      await fetch(`${address}/api/v1/runs/${run}/cancel`, { method: 'POST' })
      while (
        !['cancelled', 'failed', 'succeeded'].includes(
          (await (await fetch(`${address}/api/v1/runs/${run}`)).json()).run.status,
        )
      )
        await new Promise((resolve) => setTimeout(resolve, 200))
    }
    /** Seconds of processor time that the server has used. */
    const processor = () => {
      const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100
    }
    const run = await start()
    while ((await step(run)) < 10) await new Promise((resolve) => setTimeout(resolve, 500))
    const memoryBefore = memory()
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, memory())
    }, 250)
    const measured = { quiet: { steps: 0, seconds: 0 }, loaded: { steps: 0, seconds: 0 } }
    const reports = []
    let serverSeconds = 0
    const during = async (phase, work) => {
      const [before, begin] = [await step(run), performance.now()]
      await work()
      measured[phase].seconds += (performance.now() - begin) / 1000
      measured[phase].steps += (await step(run)) - before
    }
    // Turn and turn about, so that what else the machine does meets both alike.
    for (let round = 0; round < rounds; round++) {
      console.log(
        `round ${round + 1} of ${rounds}: ${seconds / rounds} s alone, then as long with ${values.viewers} viewers and ${values.rate} requests/s …`,
      )
      await during('quiet', () => new Promise((resolve) => setTimeout(resolve, (seconds / rounds) * 1000)))
      const clients = fork(fileURLToPath(import.meta.url), [
        '--clients',
        address,
        '--run',
        run,
        '--viewers',
        values.viewers,
        '--rate',
        values.rate,
        '--seconds',
        String(seconds / rounds),
      ])
      const report = new Promise((done) =>
        clients.on('message', (message) => {
          if (message.report) done(message.report)
        }),
      )
      await new Promise((done) =>
        clients.on('message', (message) => {
          if (message.ready) done()
        }),
      )
      const begin = processor()
      await during('loaded', async () => reports.push(await report))
      serverSeconds += processor() - begin
    }
    clearInterval(watch)
    await cancel(run)
    const perSecond = ({ steps, seconds: time }) => steps / time
    const sum = (key) => reports.reduce((total, report) => total + report[key], 0)
    const result = {
      cores: availableParallelism(),
      loadAverage: round(loadavg()[0]),
      viewers: Number(values.viewers),
      requestsPerSecond: Number(values.rate),
      seconds,
      stepsPerSecondAlone: round(perSecond(measured.quiet)),
      stepsPerSecondLoaded: round(perSecond(measured.loaded)),
      throughputLostPercent: round((1 - perSecond(measured.loaded) / perSecond(measured.quiet)) * 100),
      serverProcessorPercent: round((serverSeconds / measured.loaded.seconds) * 100),
      clientsProcessorPercent: round((sum('processorSeconds') / measured.loaded.seconds) * 100),
      eventsDelivered: sum('events'),
      eventsCoalesced: sum('coalesced'),
      eventsLost: sum('lost'),
      requests: sum('requests'),
      requestsFailed: sum('failed'),
      requestMilliseconds: reports.map((report) => report.latency),
      serverMegabytesBefore: round(memoryBefore),
      serverMegabytesPeak: round(peak),
      serverMegabytesAfter: round(memory()),
    }
    console.log(result)
    const passed =
      result.eventsLost === 0 && result.requestsFailed === 0 && result.throughputLostPercent < 15 && peak < 600
    const file = values.out ?? join(root, 'packages/tests/bench/results/live-load.json')
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, `${JSON.stringify({ ...result, passed }, null, 2)}\n`)
    console.log(passed ? 'passed' : 'FAILED')
    process.exitCode = passed ? 0 : 1
  } finally {
    server.kill('SIGTERM')
    await new Promise((resolve) => server.on('exit', resolve))
    rmSync(home, { recursive: true, force: true })
  }
}

/** The viewers and callers: counts every event that is missing, twice, or out of order. */
async function beClients(address, run) {
  const viewers = Array.from({ length: Number(values.viewers) }, () => ({ next: 0, events: 0, coalesced: 0, lost: 0 }))
  await Promise.all(
    viewers.map(
      (viewer) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${address.replace('http', 'ws')}/api/v1/live`)
          socket.on('open', () => {
            socket.send('{"type":"hello","protocol":1}')
            socket.send(JSON.stringify({ type: 'subscribe', run, from: 0 }))
          })
          socket.on('message', (data) => {
            const text = data.toString()
            if (text === '{"type":"ping"}') return socket.send('{"type":"pong"}')
            resolve()
            const message = JSON.parse(text)
            if (message.type === 'snapshot') viewer.next = message.next
            if (message.type !== 'event') return
            const coalesced = message.coalesced ?? 0
            if (message.event.sequence !== viewer.next + coalesced) viewer.lost += 1
            viewer.next = message.event.sequence + 1
            viewer.events += 1
            viewer.coalesced += coalesced
          })
          viewer.socket = socket
        }),
    ),
  )
  const processorBefore = process.cpuUsage()
  process.send({ ready: true })
  const latencies = []
  let failed = 0
  const paths = [
    '/api/v1/queue',
    `/api/v1/runs/${run}/events?limit=50`,
    '/api/v1/runs?limit=20',
    '/api/v1/templates',
    '/healthz',
  ]
  const timers = []
  let count = 0
  const timer = setInterval(() => {
    const path = paths[count++ % paths.length]
    const begin = performance.now()
    timers.push(
      fetch(address + path).then(
        async (response) => {
          await response.arrayBuffer()
          if (!response.ok) failed += 1
          latencies.push(performance.now() - begin)
        },
        () => {
          failed += 1
        },
      ),
    )
  }, 1000 / Number(values.rate))
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  clearInterval(timer)
  await Promise.all(timers)
  // Everybody must arrive where the run is.
  const { next } = await (await fetch(`${address}/api/v1/runs/${run}/events?from=1000000000&limit=1`))
    .json()
    .then(() => fetch(`${address}/api/v1/runs/${run}`))
    .then((response) => response.json())
    .then(({ state }) => state)
  const deadline = Date.now() + 10_000
  while (viewers.some((viewer) => viewer.next < next) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50))
  for (const viewer of viewers) {
    if (viewer.next < next) viewer.lost += next - viewer.next
    viewer.socket.terminate()
  }
  latencies.sort((a, b) => a - b)
  const { user, system } = process.cpuUsage(processorBefore)
  const at = (share) => round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))])
  const sum = (key) => viewers.reduce((total, viewer) => total + viewer[key], 0)
  process.send(
    {
      report: {
        events: sum('events'),
        coalesced: sum('coalesced'),
        lost: sum('lost'),
        requests: count,
        failed,
        processorSeconds: (user + system) / 1e6,
        latency: { median: at(0.5), p95: at(0.95), p99: at(0.99) },
      },
    },
    () => process.exit(0),
  )
}

function round(value) {
  return Math.round(value * 100) / 100
}
