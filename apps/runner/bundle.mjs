// Joins what each program of the runner loads into few files: starting one takes as long as finding and linking its
// modules, and there are 700. Runs after `tsc`; libraries and plugins go on using the modules.
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))
// All of a kind in one folder, because addresses are worked out from it.
const dist = join(root, 'apps/runner/dist')

/** Every file that is started as a process or a worker thread, by its name among the programs. */
const programs = {
  graft: 'apps/runner/dist/cli/start.js',
  'run-child': 'apps/runner/dist/process/run-child.js',
  'helper-child': 'apps/runner/dist/helper/helper-child.js',
  'measure-child': 'packages/engines/dist/node/measure-child.js',
  'loader-worker': 'packages/nodes/dist/loader/worker.js',
  'hdf5-worker': 'packages/network/dist/formats/hdf5/worker-node.js',
}

/** What tests start, hundreds of times: joined, a start takes half the time. */
const testPrograms = Object.fromEntries(
  ['stub-graft', 'stub-child', 'stub-helper', 'stub-server', 'stub-worker', 'scripted-child'].map((name) => [
    name,
    `apps/runner/dist/testing/${name}.js`,
  ]),
)

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
const testNameOf = new Map(Object.entries(testPrograms).map(([name, path]) => [join(root, path), name]))

/**
 * A module keeps its address, because it finds files beside it by that; only a program that it starts is the joined
 * one.
 */
const keepAddresses = (folder) => ({
  name: 'keep-addresses',
  transform(code, id) {
    if (!code.includes('import.meta.url') || id.includes('/node_modules/')) return null
    const withPrograms = code.replace(
      /new URL\('([^']+)', import\.meta\.url(?:\.replace\([^)]*\))?\)/g,
      (text, path) => {
        const file = resolve(dirname(id), path)
        const name = nameOf.get(file)
        if (name !== undefined) started.add(name)
        const place = name === undefined ? testNameOf.get(file) : `../programs/${name}`
        return place === undefined ? text : `new URL('./${place}.js', bundleUrl)`
      },
    )
    const address = relative(folder, id).split('\\').join('/')
    return `const bundleUrl = import.meta.url;\nconst moduleUrl = new URL(${JSON.stringify(address)}, bundleUrl).href;\n${withPrograms.replaceAll('import.meta.url', 'moduleUrl')}`
  },
})

/** What stays apart must be the same package when it is asked for from the programs' folder. */
const checkApart = (folder) => ({
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
})

async function write(folder, given) {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(given).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    plugins: [checkApart(folder), keepAddresses(folder)],
  })
  await bundle.write({
    dir: folder,
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[name].js',
  })
  await bundle.close()
}

await write(join(dist, 'programs'), programs)
const idle = Object.keys(programs).filter((name) => !started.has(name))
if (idle.length > 0)
  throw new Error(
    `Nothing starts ${idle.join(', ')}: expected new URL('./the-program.js', import.meta.url) in the module that does.`,
  )
await write(join(dist, 'test-programs'), testPrograms)
