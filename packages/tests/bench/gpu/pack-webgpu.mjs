// Packs webgpu.mjs with all that it runs on (this Node, onnxruntime for this kind of machine) into one file, for a machine
// with a GPU that has neither Graft nor Node, and no network:
//   node packages/tests/bench/gpu/pack-webgpu.mjs FILE.tar.xz        here; needs a build
//   tar xJf FILE.tar.xz -C /tmp && /tmp/graft-webgpu/run --out RESULT.json      there
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.log('Name the file to write, such as webgpu.tar.xz.')
  process.exit(2)
}
const work = mkdtempSync(join(tmpdir(), 'graft-pack-'))
const folder = join(work, 'graft-webgpu')
// From where the engine finds it.
const engines = createRequire(new URL('../../../engines/dist/index.js', import.meta.url))
try {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  const bundle = await rolldown({
    input: fileURLToPath(new URL('webgpu.mjs', import.meta.url)),
    platform: 'node',
    external: [/^onnxruntime/, /^@tensorflow\//, 'sharp'],
  })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'webgpu.js', chunkFileNames: '[name]-[hash].js' })
  await bundle.close()
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  const runtime = dirname(engines.resolve('onnxruntime-node/package.json'))
  const here = `${process.platform}/${process.arch}`
  cpSync(runtime, join(folder, 'node_modules/onnxruntime-node'), {
    recursive: true,
    dereference: true,
    filter: (path) => !/\/napi-v\d+\/[^/]+\/[^/]+/.test(path) || path.includes(`/${here}`),
  })
  const entry = createRequire(join(runtime, 'package.json')).resolve('onnxruntime-common')
  const common = entry.slice(0, entry.indexOf('onnxruntime-common') + 'onnxruntime-common'.length)
  cpSync(common, join(folder, 'node_modules/onnxruntime-common'), { recursive: true, dereference: true })
  cpSync(process.execPath, join(folder, 'node'))
  writeFileSync(
    join(folder, 'run'),
    '#!/bin/sh\nhere="$(dirname "$0")"\nexec "$here/node" --max-old-space-size=16000 "$here/webgpu.js" "$@"\n',
    { mode: 0o755 },
  )
  execFileSync('tar', ['cJf', resolve(file), '-C', work, 'graft-webgpu'], { env: { ...process.env, XZ_OPT: '-1' } })
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`${file}: ${(statSync(file).size / 2 ** 20).toFixed(0)} MB`)
