// Joins what each program of the runner loads into few files: starting one takes as long as finding and linking its
// modules, and there are 700. Runs after `tsc`; libraries, tests and plugins go on using the modules.
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))
// All in one folder, because addresses are worked out from it.
const folder = join(root, 'apps/runner/dist/programs')

/** Every file that is started as a process or a worker thread, by its name among the programs. */
const programs = {
  graft: 'apps/runner/dist/cli/start.js',
  'run-child': 'apps/runner/dist/process/run-child.js',
  'helper-child': 'apps/runner/dist/helper/helper-child.js',
  'measure-child': 'packages/engines/dist/node/measure-child.js',
  'loader-worker': 'packages/nodes/dist/loader/worker.js',
  'hdf5-worker': 'packages/network/dist/formats/hdf5/worker-node.js',
}

/** Native code, and what is large and loaded only when it is needed. */
const apart = [
  /^onnxruntime-node/,
  /^@tensorflow\//,
  'sharp',
  'heic-decode',
  'undici',
  'libsql',
  'express',
  'ws',
  'busboy',
  'yauzl',
]

/**
 * Programs that others start; those no one starts any more, or by an expression that isn't recognised below, would be
 * built for nothing.
 */
const started = new Set(['graft'])
const nameOf = new Map(Object.entries(programs).map(([name, path]) => [join(root, path), name]))

/**
 * A module keeps its address, because it finds files beside it by that; only a program that it starts is the joined
 * one.
 */
const keepAddresses = {
  name: 'keep-addresses',
  transform(code, id) {
    if (!code.includes('import.meta.url') || id.includes('/node_modules/')) return null
    const withPrograms = code.replace(
      /new URL\('([^']+)', import\.meta\.url(?:\.replace\([^)]*\))?\)/g,
      (text, path) => {
        const name = nameOf.get(resolve(dirname(id), path))
        if (name === undefined) return text
        started.add(name)
        return `new URL('./${name}.js', bundleUrl)`
      },
    )
    const address = relative(folder, id).split('\\').join('/')
    return `const bundleUrl = import.meta.url;\nconst moduleUrl = new URL(${JSON.stringify(address)}, bundleUrl).href;\n${withPrograms.replaceAll('import.meta.url', 'moduleUrl')}`
  },
}

/** What stays apart must be the same package when it is asked for from the programs' folder. */
const checkApart = {
  name: 'check-apart',
  resolveId(source, importer) {
    if (
      importer === undefined ||
      !apart.some((name) => (typeof name === 'string' ? name === source : name.test(source)))
    )
      return null
    const [there, here] = [importer, join(folder, 'graft.js')].map((from) => createRequire(from).resolve(source))
    if (there !== here)
      throw new Error(
        `${source} is ${there} for ${importer} but ${here} for the joined programs; declare the same version in both package.json files.`,
      )
    return { id: source, external: true }
  },
}

const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(programs).map(([name, path]) => [name, join(root, path)])),
  platform: 'node',
  plugins: [checkApart, keepAddresses],
})
await bundle.write({
  dir: folder,
  format: 'esm',
  cleanDir: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'shared-[name].js',
})
await bundle.close()
const idle = Object.keys(programs).filter((name) => !started.has(name))
if (idle.length > 0)
  throw new Error(
    `Nothing starts ${idle.join(', ')}: expected new URL('./the-program.js', import.meta.url) in the module that does.`,
  )
