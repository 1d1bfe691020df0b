// Processor time of `graft` and of the processes that it starts: each writes what it took when it ends.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

let file = ''

/** From now on, every Node.js process that is started writes its processor seconds into the file when it ends. */
export function watchProcessor(path) {
  file = path
  const hook = `import { appendFileSync } from 'node:fs'
process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  appendFileSync(${JSON.stringify(path)}, \`\${(user + system) / 1e6}\\n\`)
})
`
  writeFileSync(`${path}.hook.mjs`, hook)
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${path}.hook.mjs`
}

/** What processes that ended since this was last asked took together. */
export function processorSeconds() {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  rmSync(file, { force: true })
  return lines.reduce((sum, line) => sum + Number(line), 0)
}
