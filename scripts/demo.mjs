// `npm run demo`: the small-and-similar template on the embedded data and backbone.
import { spawnSync } from 'node:child_process'
import { ensureBuilt, root } from './ensure-built.mjs'

ensureBuilt()
const graft = `${root}/apps/runner/bin/graft.mjs`
const { status } = spawnSync(process.execPath, [graft, 'run', 'small-similar', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exit(status ?? 1)
