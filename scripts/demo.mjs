// `npm run demo`: the small-and-similar template on the embedded data and backbone.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const graft = fileURLToPath(new URL('../apps/runner/bin/graft.mjs', import.meta.url))
const { status } = spawnSync(process.execPath, [graft, 'run', 'small-similar', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exit(status ?? 1)
