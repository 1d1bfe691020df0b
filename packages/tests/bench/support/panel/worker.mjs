// A process of `npm run bench panel` that measures cells, one after the other, as it is told. It computes with one thread:
// the steps are too small to share, and one process per core takes less time in all.
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

os.availableParallelism = () => 1
syncBuiltinESMExports()

const { openPanel } = await import('./cell.mjs')
const { families } = await import('./recipes.mjs')
const open = await openPanel(process.argv[2])
let current = null

process.on('message', async ({ place, name }) => {
  const recipe = families.find(({ pixels }) => pixels === place.pixels).recipes.find((one) => one.name === name)
  const [start, before] = [performance.now(), process.cpuUsage()]
  const cell = await enter(place)
  const value = await cell.measure(recipe)
  const { user, system } = process.cpuUsage(before)
  process.send({ value, seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 })
})
process.send('ready')

/** Recipes of one place come one after the other, and share what it has opened. */
async function enter(place) {
  const key = JSON.stringify(place)
  if (current?.key !== key) {
    await (await current?.cell)?.close()
    current = { key, cell: open(place) }
  }
  return current.cell
}
