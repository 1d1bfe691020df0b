#!/usr/bin/env node
// Committed as it is, because `npm ci` links it before anything is built.
import { existsSync, readFileSync } from 'node:fs'

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
  try {
    const { start } = await import(program.href)
    process.exitCode = await start(process.argv.slice(2))
  } catch (error) {
    const said = smallLimit(error)
    if (said === null) throw error
    console.error(said)
    // At once: what failed to load fails elsewhere as well, and would print itself.
    process.exit(1)
  }
}

/** Where the system lets a process have too little even to load Graft: what, and how to get more. Null for other errors. */
function smallLimit(error) {
  const text = `${error?.code ?? ''} ${error?.message ?? error}`
  if (/EMFILE|ENFILE|too many open files/i.test(text))
    return `error: The system lets a process open only ${process.report?.getReport().userLimits?.open_files?.soft ?? 'few'} files at once, too few to load Graft.\n  fix: Raise that limit (\`ulimit -n 4096\`) and try again.`
  const bytes = addressSpace()
  if (bytes !== null && /ERR_DLOPEN_FAILED|ENOMEM|cannot allocate memory|failed to map|allocation/i.test(text))
    return `error: The system gives a process only ${(bytes / 2 ** 30).toFixed(1)} GB of address space, too little to load Graft's libraries.\n  fix: Raise that limit (\`ulimit -v unlimited\`) and try again.`
  return null
}

/** Bytes of address space that Linux lets a process have; null where there is no limit, and on other systems. */
function addressSpace() {
  try {
    const value = Number(/^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
    return Number.isFinite(value) ? value : null
  } catch {
    return null
  }
}
