// What advice costs beside one bare pass of the network over the same photos: 1,000 photos of ImageNet in ten folders
// (../shared/real/imagenet_sample), MobileNet v1 0.75.
//   node packages/tests/bench/advice-cost.mjs [--photos 1000] [--rounds 3] [--home FOLDER]
// After `npm run build`, since `graft advise` is what was built last.
// In turns, every step in a process of its own with nothing kept: a pass over all photos; advice that looks at all of
// them; asked again with ten photos more; advice that looks at 800, as by default; and `graft advise` as a user calls it,
// start and network included. Figures are medians of the rounds; ratios are of the same round, to its pass over as many
// photos as were looked at. Only 1,000 photos are written into results/advice-cost.json.
//   processorSeconds, ratio: of the processor, all cores together; seconds, ratioOfSeconds: by the clock
//   megabytes: the most memory that processes had (of `graft advise`: the sum over its processes)
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepResults, machineFacts, median, printTable, realData, root } from './bench-kit.mjs'

const { values: flags } = parseArgs({
  options: {
    photos: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    home: { type: 'string', default: join(tmpdir(), 'graft-advice-cost') },
  },
})
const [photos, rounds] = [Number(flags.photos), Number(flags.rounds)]
const [classes, more, usual] = [10, 10, 800]
const folder = `${flags.home}/photos`
const files = readdirSync(`${realData}/imagenet_sample`).toSorted()
const chosen = files.filter(
  (_, index) => Math.floor((index * photos) / files.length) !== Math.floor(((index - 1) * photos) / files.length),
)

const taken = []
for (let round = 0; round < rounds; round++) {
  fillFolder()
  const cache = `${flags.home}/cache ${round}`
  const pass = step('pass', `${cache} pass`, photos)
  const row = (name, looked, came) => ({
    name,
    looked,
    ...came,
    ratio: came.processorSeconds / ((pass.processorSeconds * looked) / photos),
    ratioOfSeconds: came.seconds / ((pass.seconds * looked) / photos),
  })
  const all = row('advice, all photos looked at', photos, step('advice', cache, photos))
  addMore()
  const again = row('asked again with ten photos more', photos + more, step('advice', cache, photos + more))
  fillFolder()
  const less = Math.min(usual, photos)
  const some = row(`advice, ${less} looked at`, less, step('advice', `${cache} some`, less))
  const command = row('graft advise', less, advise())
  taken.push([row('pass', photos, pass), all, again, some, command])
  for (const came of taken.at(-1)) console.log(JSON.stringify(came))
  for (const name of readdirSync(flags.home).filter((entry) => entry.startsWith('cache ')))
    rmSync(`${flags.home}/${name}`, { recursive: true })
}
const rows = taken[0].map(({ name, looked, computed }, place) => {
  const of = (key) => Number(median(taken.map((each) => each[place][key])).toFixed(2))
  const keys = ['processorSeconds', 'ratio', 'seconds', 'ratioOfSeconds', 'megabytes']
  return { name, looked, computed, ...Object.fromEntries(keys.map((key) => [key, of(key)])) }
})
const wanted = 'all photos: ratio of 1.3 at most, 90 s, 1500 MB; asked again: ten passes'
if (photos === files.length) keepResults('advice-cost', rows, machineFacts({ photos, classes, rounds, wanted }))
else printTable(rows)

/** The photos in ten folders, by the order of their names. */
function fillFolder() {
  rmSync(folder, { recursive: true, force: true })
  chosen.forEach((file, index) => put(file, Math.floor((index * classes) / chosen.length)))
}

/** One more in every folder: a copy with a byte behind its end, which makes it another file. */
function addMore() {
  for (let name = 0; name < more; name++) {
    const file = chosen[Math.floor(((name + 0.5) * chosen.length) / more)]
    writeFileSync(`${folder}/group${name}/more.jpg`, Buffer.concat([readFileSync(photoAt(file)), Buffer.of(0)]))
  }
}

function put(file, name) {
  mkdirSync(`${folder}/group${name}`, { recursive: true })
  copyFileSync(photoAt(file), `${folder}/group${name}/${file}`)
}

function photoAt(file) {
  return `${realData}/imagenet_sample/${file}`
}

function step(name, cache, most) {
  const script = new URL('support/advice-cost-step.mjs', import.meta.url).pathname
  return JSON.parse(run([script, name, folder, cache, String(most)]))
}

/** As a user calls it, in a home that has seen nothing; what its processes took is told when they end. */
function advise() {
  const home = `${flags.home}/cache home`
  const [told, hook] = [`${flags.home}/told.txt`, `${flags.home}/hook.mjs`]
  rmSync(told, { force: true })
  writeFileSync(
    hook,
    `import { appendFileSync } from 'node:fs'
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  appendFileSync(${JSON.stringify(told)}, JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024]) + '\\n')
})
`,
  )
  const start = performance.now()
  const command = ['advise', folder, '--backbones', `${realData}/mobilenet_v1_0.75_224`, '--json']
  const advice = JSON.parse(
    run([`${root}apps/runner/bin/graft.mjs`, ...command], { GRAFT_HOME: home, NODE_OPTIONS: `--import=${hook}` }),
  )
  const seconds = (performance.now() - start) / 1000
  const ended = readFileSync(told, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const sum = (place) => ended.reduce((total, each) => total + each[place], 0)
  return { computed: advice.networks[0].computed, seconds, processorSeconds: sum(0), megabytes: sum(1) }
}

function run(command, environment = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  })
  if (status !== 0) throw new Error(`node ${command.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`)
  return stdout
}
