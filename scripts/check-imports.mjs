// `npm run lint` calls it: no circles of imports, neither between files nor between folders.
//
// A folder is looked at from inside: its files, and its sub-folders each as one thing. What they import of each other must
// have an order. So `operators/index.ts` may list `operators/pooling/`, and that may use `operators/windows.ts`; but two
// sub-folders that import each other, or a helper that imports the list, are a circle. Tests and `testing/` are left out.
//
//   node scripts/check-imports.mjs [FOLDER ...]      default: every package's src
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Source files below a folder, without tests and their helpers. */
function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => /\.m?tsx?$/.test(path) && !/\.d\.ts$|\.test\.tsx?$|[\\/]testing[\\/]/.test(path))
}

/** The file that a relative import means, or null where it is no source file (styles, data). */
function fileOf(from, specifier) {
  const bare = resolve(dirname(from), specifier).replace(/\.m?js$/, '')
  return [`${bare}.ts`, `${bare}.tsx`, `${bare}.mts`].find((path) => existsSync(path)) ?? null
}

function importsOf(path) {
  return ts
    .preProcessFile(readFileSync(path, 'utf8'), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .flatMap(({ fileName }) => fileOf(path, fileName) ?? [])
}

/** Per folder, a graph of what lies directly in it: child -> child it imports -> one import that does so. */
function graphsOf(sources, base) {
  const graphs = new Map()
  for (const from of sources)
    for (const to of importsOf(from)) {
      const [a, b] = [relative(base, from).split(sep), relative(base, to).split(sep)]
      let depth = 0
      while (a[depth] === b[depth] && depth < Math.min(a.length, b.length)) depth++
      if (b[0] === '..' || a[depth] === undefined || b[depth] === undefined) continue
      const folder = a.slice(0, depth).join('/')
      const graph = graphs.get(folder) ?? graphs.set(folder, new Map()).get(folder)
      const targets = graph.get(a[depth]) ?? graph.set(a[depth], new Map()).get(a[depth])
      if (!targets.has(b[depth])) targets.set(b[depth], `${a.join('/')} imports ${b.join('/')}`)
    }
  return graphs
}

/** One circle of a graph as the imports that close it, or null. */
function circleIn(graph) {
  const done = new Set()
  const visit = (name, path) => {
    const at = path.findIndex(([child]) => child === name)
    if (at >= 0) return path.slice(at).map(([, why]) => why)
    if (done.has(name)) return null
    for (const [next, why] of graph.get(name) ?? []) {
      const circle = visit(next, [...path, [name, why]])
      if (circle !== null) return circle
    }
    done.add(name)
    return null
  }
  for (const name of graph.keys()) {
    const circle = visit(name, [])
    if (circle !== null) return circle
  }
  return null
}

const packages = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name, 'src')),
)
const folders = process.argv.length > 2 ? process.argv.slice(2).map((path) => resolve(path)) : packages
let circles = 0
for (const base of folders.filter((path) => existsSync(path)))
  for (const [folder, graph] of graphsOf(sourcesOf(base), base)) {
    const circle = circleIn(graph)
    if (circle === null) continue
    circles++
    console.error(
      `${relative(root, join(base, folder))}: a circle of imports\n${circle.map((why) => `  ${why}`).join('\n')}`,
    )
  }
if (circles > 0)
  console.error(
    `${circles} folders with circles. Move what both sides need below them, into a file or folder of its own.`,
  )
process.exitCode = circles > 0 ? 1 : 0
