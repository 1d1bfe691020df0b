import { dirname, join, relative, resolve, sep } from 'node:path'

/**
 * An ESLint rule: inside one package nothing imports from a floor above its own, nor from a later room of its floor.
 * Options: `root`, the folder that holds the floors, from the repository's root, and `floors`, from the ground up, each
 * `{ floor, rooms? }`. A floor is a folder of `root` or a file in it, a room a folder of a floor; the room '.' is the
 * floor's own files, and rooms 'any' have no order. Files of `root` that are not listed stand above all floors.
 * `testing`: floors that tests may use, however high they stand. Looks at every import of a relative path: of values and types, exports,
 * and `import()`.
 */
export const floorsRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object' }],
    messages: {
      upwards: '{{from}} stands below {{to}} and must not import from it. The order is the list of floors in {{list}}.',
      unlisted: '{{place}} is not in the list of floors in {{list}}. Add it where it belongs.',
    },
  },
  create(context) {
    const [{ root, floors, testing = [] }] = context.options
    const placeOf = placesIn(resolve(context.cwd, root), floors)
    const here = placeOf(context.filename)
    const list = 'eslint.config.js'
    const isTest = /\.test\.tsx?$/.test(context.filename)
    const check = (source) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return
      const there = placeOf(join(dirname(context.filename), source.value))
      if (there === null || (isTest && testing.includes(there.floor))) return
      if (isAbove(there, here))
        context.report({ node: source, messageId: 'upwards', data: { from: here.name, to: there.name, list } })
    }
    return {
      Program: (node) => {
        if (here?.rank.includes(-1)) context.report({ node, messageId: 'unlisted', data: { place: here.name, list } })
      },
      ImportDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source, argument }) => check(source ?? argument?.literal),
    }
  },
}

/** Where a file stands: the number of its floor and of its room, -1 for one that is in no list; null outside of root. */
function placesIn(root, floors) {
  return (path) => {
    const parts = relative(root, path).split(sep)
    if (parts[0] === '..') return null
    const floor = parts[0].replace(/\.js$/, '.ts')
    const index = floors.findIndex((candidate) => candidate.floor === floor)
    if (parts.length === 1) return { floor, name: floor, rank: [index === -1 ? floors.length : index, 0] }
    const room = parts.length > 2 ? parts[1] : '.'
    const rooms = floors[index]?.rooms ?? ['.']
    const name = room === '.' || rooms === 'any' ? floor : `${floor}/${room}`
    return { floor, name, rank: [index, rooms === 'any' ? 0 : rooms.indexOf(room)] }
  }
}

function isAbove({ rank: [floor, room] }, { rank: [ownFloor, ownRoom] }) {
  return floor > ownFloor || (floor === ownFloor && room > ownRoom)
}
