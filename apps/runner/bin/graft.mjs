#!/usr/bin/env node
// Committed as it is, because `npm ci` links it before anything is built.
import { existsSync } from 'node:fs'

const program = new URL('../dist/programs/graft.js', import.meta.url)
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 9)) {
  console.error(
    `Graft needs Node.js 20.9 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  )
  process.exitCode = 2
} else if (!existsSync(program)) {
  console.error('Graft is not built yet. Run `npm run build` in the root of the repository, then try again.')
  process.exitCode = 2
} else {
  const { start } = await import(program.href)
  process.exitCode = await start(process.argv.slice(2))
}
