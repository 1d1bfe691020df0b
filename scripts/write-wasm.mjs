// `npm run wasm`: compiles the WebAssembly text beside its users into modules that can be imported; with --check only
// says whether they are fresh.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const sources = ['packages/nodes/src/image/resample.wat', 'packages/engines/src/solver/matrix/kernels.wat']
const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = await createRequire(`${root}packages/nodes/package.json`)('wabt')()

function compile(path) {
  const module = compiler.parseWat(path, readFileSync(root + path, 'utf8'), { simd: true })
  module.validate()
  const bytes = Buffer.from(module.toBinary({}).buffer)
  const name = path.split('/').at(-1)
  return `// Written by \`npm run wasm\` from ${name}; don't change it here.\nexport const wasm = '${bytes.toString('base64')}'\n`
}

const stale = sources.filter((path) => {
  const target = root + path.replace(/\.wat$/, '-wasm.ts')
  const text = compile(path)
  if (process.argv.includes('--check')) return readFileSync(target, 'utf8') !== text
  writeFileSync(target, text)
  return false
})
if (stale.length > 0) console.error(`Not fresh: ${stale.join(', ')}. Run \`npm run wasm\` and commit what it writes.`)
process.exit(stale.length > 0 ? 1 : 0)
