// Is the advice right? Scenario Advisor on the seven sets in shared/real/panel with 5, 20 and 60 images per class and three
// seeds; every candidate that it measured is then trained on the same images and asked about images that it never saw.
//   node packages/tests/bench/advice.mjs [--sets NAME,NAME] [--sizes 5,20] [--seeds 1,2] [--copies network,pixels] [--home FOLDER]
// Features and results are kept in FOLDER (default: graft-advice in the temporary folder), so an interrupted benchmark goes
// on where it was. Only the whole benchmark is written into results/advice.json.
// All of it twice, by what counts as a copy (`copyKinds` in support/advice-panel.mjs): what the network can't tell apart, as
// the advisor has it, and what shows the same in another light besides, which is to ask about new things only.
//   regret: how far the recommended candidate is behind the best of the measured ones, on held-out images
//   gain: against "freeze all, head on the last stage"
//   leftUsual: how often something else than what is taken unless another is better was recommended
//   inInterval: how often the held-out accuracy of a measured candidate (all of them) lay in its stated 95 % interval;
//     within: the same, granting the held-out accuracy its own error from counting few images, which at 60 per class is
//     as large as the interval; above, below: how often it lay there. The textbook states none.
//   promiseHeld: how often the gain of twice the images lay in the promised interval (5 and 20 per class)
// The same columns for the textbook's rule alone, by the quadrant that the advice measured.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keepResults, machineFacts, printTable } from './bench-kit.mjs'
import { copyKinds, openPanel, panelSets } from './support/advice-panel.mjs'

const { values: flags } = parseArgs({
  options: Object.fromEntries(['home', 'sets', 'sizes', 'seeds', 'copies'].map((name) => [name, { type: 'string' }])),
})
const home = flags.home ?? join(tmpdir(), 'graft-advice')
mkdirSync(home, { recursive: true })
const sets = flags.sets?.split(',') ?? panelSets
const sizes = flags.sizes?.split(',').map(Number) ?? [5, 20, 60]
const seeds = flags.seeds?.split(',').map(Number) ?? [1, 2, 3]
const kinds = flags.copies?.split(',') ?? copyKinds

const file = `${home}/results.jsonl`
const known = new Map(
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .map((cell) => [cell.key, cell])
    : [],
)
const cells = []
for (const copies of kinds) cells.push(...(await measureAll(copies)))

const rows = kinds.flatMap((copies) =>
  [...sizes, 'all'].flatMap((size) => {
    const own = cells.filter((cell) => cell.copies === copies && (size === 'all' || cell.size === size))
    const row = (rule, pick) => ({ rule, perClass: size, copies, ...scores(own, pick) })
    const left = own.filter(({ chosen, usual }) => chosen !== usual).length
    return [
      { ...row('advice', ({ chosen }) => chosen), leftUsual: left, ...intervals(own), ...promises(own) },
      row('textbook', ({ textbook }) => textbook),
      row('freeze all, last stage', ({ plain }) => plain),
      row('always the solver, all stages', ({ solver }) => solver),
      row('always least squares, all stages', ({ leastSquares }) => leastSquares),
    ]
  }),
)
const facts = { sets, seeds, unit: 'percentage points of accuracy on held-out images; shares in percent' }
if (flags.sets || flags.sizes || flags.seeds || flags.copies) printTable(rows)
else keepResults('advice', rows, machineFacts(facts))

async function measureAll(copies) {
  const panel = await openPanel(home, copies)
  const measured = []
  for (const seed of seeds)
    for (const size of sizes)
      for (const set of sets) {
        const key = `${set} ${size} ${seed} ${copies}`
        if (!known.has(key)) {
          const cell = { key, set, size, seed, copies, ...(await panel.measure(set, size, seed)) }
          known.set(key, cell)
          appendFileSync(file, `${JSON.stringify(cell)}\n`)
        }
        measured.push(known.get(key))
        const found = known
          .get(key)
          .candidates.map(
            ({ id, stated, held }) =>
              `${id.split(' ').slice(1).join(' ')} ${percent(stated.value)} -> ${percent(held)}`,
          )
        console.log(`${set}, ${size} per class, seed ${seed}, copies by ${copies}: ${found.join(', ')}`)
      }
  return measured
}

function scores(own, pick) {
  const told = own.filter((cell) => heldOf(cell, pick(cell)) !== undefined)
  const regrets = told.map((cell) => Math.max(...cell.candidates.map(({ held }) => held)) - heldOf(cell, pick(cell)))
  const gains = told.map((cell) => heldOf(cell, pick(cell)) - heldOf(cell, cell.plain))
  return {
    cells: told.length,
    accuracy: percent(mean(told.map((cell) => heldOf(cell, pick(cell))))),
    regret: percent(mean(regrets)),
    worstRegret: percent(Math.max(...regrets)),
    gain: percent(mean(gains)),
  }
}

function intervals(own) {
  const stated = own.flatMap(({ candidates }) => candidates)
  return {
    inInterval: share(stated, ({ stated: { low, high }, held }) => low <= held && held <= high),
    within: share(stated, ({ stated: { low, high, value }, held, error }) =>
      held < value
        ? held >= value - Math.hypot(value - low, 1.96 * error)
        : held <= value + Math.hypot(high - value, 1.96 * error),
    ),
    above: share(stated, ({ stated: { high }, held }) => held > high),
    below: share(stated, ({ stated: { low }, held }) => held < low),
    width: percent(mean(stated.map(({ stated: { low, high } }) => high - low))),
  }
}

function promises(own) {
  const told = own.map(({ promise }) => promise).filter((promise) => promise !== null)
  if (told.length === 0) return {}
  return {
    promised: percent(mean(told.map(({ stated }) => stated.value))),
    came: percent(mean(told.map(({ held }) => held))),
    promiseHeld: share(told, ({ stated: { low, high }, held }) => low <= held && held <= high),
  }
}

function heldOf({ candidates }, id) {
  return candidates.find((candidate) => candidate.id === id)?.held
}

function share(list, holds) {
  return percent(list.filter(holds).length / Math.max(1, list.length))
}
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
function percent(value) {
  return Number((100 * value).toFixed(1))
}
