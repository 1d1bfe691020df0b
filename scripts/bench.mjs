// `npm run bench [NAME ...]`: runs the benchmarks of packages/tests/bench one after the other; nothing else should run
// meanwhile.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../packages/tests/bench/', import.meta.url))
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'bench-kit.mjs')
  .map((file) => file.slice(0, -'.mjs'.length))
  .toSorted()
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}". Expected: ${all.join(', ')}.`)
  process.exit(2)
}
const failed = (wanted.length > 0 ? wanted : all).filter((name) => {
  console.log(`\n== ${name}`)
  return spawnSync(process.execPath, [`${folder}${name}.mjs`], { stdio: 'inherit' }).status !== 0
})
if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}`)
process.exit(failed.length > 0 ? 1 : 0)
