// Does Search find more than the advisor's recommendation? On the sets in shared/real/panel the recommended graph and a
// search within three times its time, each from a home of its own with nothing kept, and both asked about the same images
// that neither saw.
//   node packages/tests/bench/search.mjs [--sets NAME,NAME] [--sizes 20] [--seeds 1,2] [--times 3] [--home FOLDER]
// By default 20 images per class and three seeds. What is done is kept in FOLDER (default: graft-search in the temporary
// folder), so an interrupted benchmark goes on where it was. Only the whole benchmark is written into results/search.json.
//   recommended, searched: held-out accuracy; difference: searched less recommended, in points
//   seconds: of the advice and of training what it says; ratio: the search's own time, its winner included, against that
//   processorRatio: processor time of the search's whole run against that of the advice and of what it says, as whole
//     runs, both with the evaluation: what other jobs on the machine do to clocks, they don't do to it
//   worse: one-sided chance that a network as good falls behind as far (McNemar's exact test); `graft compare --gate`
//     closes below 0.05
//   stated, expected: the winner's score by cross-validation, and what the search says to expect
// After it: one search that is killed and resumed, which has to repeat no training and to end in the same winner.
import { spawn } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { adviceValueSchema, answersOf, applyAdvice, comparePaired, describeCandidate } from '@graft/graph-schema'
import { createRandom, deriveSeed, shuffle } from '@graft/network'
import { openBlobStore } from '../../../apps/runner/dist/index.js'
import {
  documentWith,
  edge,
  keepResults,
  machineFacts,
  node,
  outputOf,
  printTable,
  realData,
  root,
  runGraft,
  timeOf,
} from './bench-kit.mjs'
import { processorSeconds, watchProcessor } from './support/processor-time.mjs'

const { values: flags } = parseArgs({
  options: {
    ...{ home: { type: 'string' }, sets: { type: 'string' }, sizes: { type: 'string' }, seeds: { type: 'string' } },
    times: { type: 'string', default: '3' },
  },
})
const home = flags.home ?? join(tmpdir(), 'graft-search')
mkdirSync(home, { recursive: true })
watchProcessor(`${home}/processor.txt`)
const network = `${realData}/mobilenet_v1_0.75_224`
const panel = `${realData}/panel`
const sets = flags.sets?.split(',') ?? readdirSync(panel).toSorted()
const sizes = flags.sizes?.split(',').map(Number) ?? [20]
const seeds = flags.seeds?.split(',').map(Number) ?? [1, 2, 3]
/** Of every class, at least so many are kept to ask about. */
const fewestAsked = 10

const kept = openKept(`${home}/results.jsonl`)
const cells = []
for (const seed of seeds)
  for (const size of sizes)
    for (const set of sets) {
      const cell = await kept(`${set} ${size} ${seed} ${flags.times}`, () => measure(set, size, seed))
      cells.push({ set, size, seed, ...cell })
      printTable([cells.at(-1)])
    }
const resumed = await kept('killed and resumed', () => killAndResume(sets[0], sizes[0], seeds[0]))

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
const rows = sets.flatMap((set) =>
  sizes.map((perClass) => {
    const own = cells.filter((cell) => cell.set === set && cell.size === perClass)
    const of = (name) => Number(mean(own.map((cell) => cell[name])).toFixed(2))
    return {
      ...{ set, perClass, cells: own.length, recommended: of('recommended'), searched: of('searched') },
      ...{ difference: of('difference'), worse: Math.min(...own.map(({ worse }) => worse)) },
      ...{ ratio: of('ratio'), processorRatio: of('processorRatio') },
      winners: own.map(({ winner }) => winner).join('; '),
    }
  }),
)
const verdict = {
  beaten: `${rows.filter(({ difference }) => difference > 0).length} of ${rows.length}`,
  worseBeyondChance: `${cells.filter(({ worse }) => worse < 0.05).length} of ${cells.length}`,
  meanDifference: Number(mean(cells.map(({ difference }) => difference)).toFixed(2)),
  statedTooHigh: Number(mean(cells.map(({ stated, searched }) => stated - searched)).toFixed(2)),
  expectedTooHigh: Number(mean(cells.map(({ expected, searched }) => expected - searched)).toFixed(2)),
  resumed,
}
console.log(verdict)
const facts = {
  sets,
  seeds,
  times: Number(flags.times),
  unit: 'percentage points of accuracy on held-out images',
  verdict,
}
if (flags.sets || flags.sizes || flags.seeds || flags.times !== '3') printTable(rows)
else keepResults('search', rows, machineFacts(facts))

/** The recommendation and the search on one draw of images. */
async function measure(set, size, seed) {
  const folder = divide(set, size, seed)
  const advised = freshHome('advised')
  processorSeconds()
  const advice = adviceValueSchema.parse(await adviseOn(folder, advised))
  const told = applyAdvice(advice, null)
  const [backbone] = Object.values(told.nodes).filter(({ type }) => type === 'load-backbone')
  backbone.params = { source: network }
  const recommended = await answersFrom(told, advised)
  const seconds = advice.method.seconds + timeOf(recommended.events, 'train') / 1000
  const advisedProcessor = processorSeconds()
  // A tenth is left for what is begun in time and ends late.
  const limit = 0.9 * Number(flags.times) * seconds
  const searching = freshHome('searching')
  const searched = await answersFrom(searchGraph(folder, { minutes: limit / 60 }), searching)
  const { answers, detail } = searched
  const { means, difference, worseP } = comparePaired(recommended.answers, answers)
  const winner = detail.trials[detail.winner]
  return {
    recommended: percent(means[0]),
    searched: percent(means[1]),
    difference: percent(difference),
    worse: Number(worseP.toFixed(3)),
    seconds: Number(seconds.toFixed(1)),
    ratio: Number((timeOf(searched.events, 'search') / 1000 / seconds).toFixed(2)),
    processorRatio: Number((processorSeconds() / advisedProcessor).toFixed(2)),
    stated: percent(winner.score),
    expected: percent(detail.expected?.score ?? winner.score),
    winner: describeCandidate(winner.candidate).replace(`${winner.candidate.name}, `, ''),
    tried: detail.trials.filter(({ folds }) => folds > 0).length,
  }
}

/** Copies a draw of a set's images into train/ and test/. */
function divide(set, size, seed) {
  const folder = `${home}/images/${set}-${size}-${seed}`
  rmSync(folder, { recursive: true, force: true })
  for (const name of readdirSync(`${panel}/${set}`).toSorted()) {
    const files = shuffle(
      readdirSync(`${panel}/${set}/${name}`).toSorted(),
      createRandom(deriveSeed(seed, `${set} ${name}`)),
    )
    const taken = Math.max(1, Math.min(size, files.length - Math.min(fewestAsked, files.length >> 1)))
    files.forEach((file, index) => {
      cpSync(`${panel}/${set}/${name}/${file}`, `${folder}/${index < taken ? 'train' : 'test'}/${name}/${file}`)
    })
  }
  return folder
}

function freshHome(name) {
  const folder = `${home}/${name}`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // How fast the engines are is measured once per machine.
  if (existsSync(`${home}/engines.json`)) cpSync(`${home}/engines.json`, `${folder}/engines.json`)
  return folder
}

/** Runs a graph and gives the evaluation's answers, the search's detail and all events. */
async function answersFrom(document, own) {
  const file = `${own}/graph.graft.json`
  writeFileSync(file, JSON.stringify(document))
  const events = await runGraft(file, [], own)
  const read = readerOf(own)
  const detail = outputOf(events, 'search', 'metrics')?.detail
  return {
    events,
    answers: answersOf(await read(outputOf(events, 'evaluate', 'metrics').detail)),
    detail: detail && (await read(detail)),
  }
}

function readerOf(own) {
  const store = openBlobStore(`${own}/store`)
  return async ({ sha256 }) => JSON.parse(new TextDecoder().decode(await store.get(sha256)))
}

function searchGraph(path, params) {
  return documentWith(
    'search',
    {
      images: node('image-folder', { path }),
      split: node('split', { valFraction: 0 }),
      backbone: node('load-backbone', { source: network }),
      search: node('search', params),
      evaluate: node('evaluate'),
      report: node('report'),
    },
    [
      edge('images.images', 'split.images'),
      edge('backbone.model', 'search.models'),
      edge('split.train', 'search.train'),
      edge('search.model', 'evaluate.model'),
      edge('split.test', 'evaluate.images'),
      edge('evaluate.metrics', 'report.metrics'),
    ],
  )
}

function adviseOn(folder, own) {
  return new Promise((resolve, reject) => {
    const child = graft(['advise', folder, '--backbones', network, '--json'], own)
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`graft advise: ${code}`))))
  })
}

function graft(args, own) {
  return spawn(process.execPath, [`${root}apps/runner/bin/graft.mjs`, ...args], {
    env: { ...process.env, GRAFT_HOME: own },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** A search without a limit of time, killed in the middle and run again: trainings that were done twice, and the winners. */
async function killAndResume(set, size, seed) {
  const params = { minutes: 0, recipes: ['stages', 'neighbours', 'pooled'] }
  const folder = divide(set, size, seed)
  const whole = await answersFrom(searchGraph(folder, params), freshHome('whole'))
  const own = freshHome('killed')
  const file = `${own}/graph.graft.json`
  writeFileSync(file, JSON.stringify(searchGraph(folder, params)))
  const before = await killedAfter(6, file, own)
  const events = await resumeLast(own)
  const detail = await readerOf(own)(outputOf(events, 'search', 'metrics').detail)
  const again = { events, detail }
  return {
    trainingsBeforeTheKill: before,
    trainings: again.detail.done,
    repeated: before + countTrainings(again.events) - again.detail.done,
    sameWinner: again.detail.winner === whole.detail.winner,
    sameScores:
      JSON.stringify(again.detail.trials.map(({ score }) => score)) ===
      JSON.stringify(whole.detail.trials.map(({ score }) => score)),
  }
}

/** The node shows its table whenever it begins a training. */
function countTrainings(events) {
  return events.filter(({ type, node }) => type === 'interim' && node === 'search').length
}

/** Kills the run when it has begun one training more than so many; gives how many it had finished. */
function killedAfter(trainings, file, own) {
  return new Promise((resolve) => {
    const child = graft(['run', file, '--json', '--out', `${own}/out`], own)
    let [rest, begun] = ['', 0]
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()
      begun += countTrainings(lines.filter(Boolean).map((line) => JSON.parse(line)))
      if (begun > trainings) child.kill('SIGKILL')
    })
    child.on('close', () => resolve(begun - 1))
  })
}

/** Goes on with the run that was killed; gives what happened from then on. */
function resumeLast(own) {
  return new Promise((resolve, reject) => {
    const child = graft(['resume', 'last', '--json', '--out', `${own}/out`], own)
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`graft resume: ${code}`))
      else
        resolve(
          text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line)),
        )
    })
  })
}

/** Keeps what was worked out by its key, one JSON line each. */
function openKept(file) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const known = new Map(lines.map((line) => JSON.parse(line)).map(({ key, value }) => [key, value]))
  return async (key, compute) => {
    if (!known.has(key)) {
      known.set(key, await compute())
      appendFileSync(file, `${JSON.stringify({ key, value: known.get(key) })}\n`)
    }
    return known.get(key)
  }
}

function percent(value) {
  return Number((100 * value).toFixed(1))
}
