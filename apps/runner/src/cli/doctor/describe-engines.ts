import type { EngineInfo, EngineSpeed } from '@graft/engines'
import type { Colors } from '../../text/colors.js'
import type { ExaminedEngine } from './examine-engine.js'

/** Every engine with its device: what it is and does, then a table of what was measured. */
export function describeEngines(engines: readonly ExaminedEngine[], colors: Colors): string[] {
  const measured = engines.flatMap((engine) =>
    engine.speed === undefined ? [] : [{ name: nameOf(engine), speed: engine.speed }],
  )
  return [
    ...engines.flatMap((engine) => describeEngine(engine, colors)),
    ...(measured.length === 0 ? [] : ['', ...speedTable(measured, colors)]),
  ]
}

const nameOf = ({ id, backend }: EngineInfo): string =>
  [id, backend === 'none' ? '' : backend].filter(Boolean).join(' ')

function describeEngine(engine: ExaminedEngine, colors: Colors): string[] {
  const versions = Object.entries(engine.versions).map(([name, version]) => `${name} ${version}`)
  const does = engine.trains ? 'runs and trains' : 'runs networks, does not train'
  const facts = engine.available
    ? [engine.hardware, does, ...versions].filter((fact) => fact !== '').join(', ')
    : 'not available'
  return [
    `${markOf(engine, colors)} engine ${colors.bold(engine.id)} on ${colors.bold(engine.backend)}: ${facts}`,
    ...(engine.problem === undefined ? [] : wrapped(engine.problem)),
    ...engine.notes.flatMap((note) => wrapped(note).map((line) => colors.dim(line))),
  ]
}

/** A device that was never there is not a fault. */
function markOf({ available, standsIn, problem }: ExaminedEngine, colors: Colors): string {
  if (available) return problem === undefined ? colors.green('✓') : colors.yellow('!')
  return standsIn ? colors.red('✗') : colors.dim('-')
}

const lineLength = 100

function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < lineLength) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => `    ${line}`)
}

const columns: readonly { readonly title: string; readonly name: keyof EngineSpeed }[] = [
  { title: '3x3 conv', name: 'convolution' },
  { title: 'depthwise', name: 'depthwise' },
  { title: 'matrix', name: 'matrixProduct' },
  { title: '3x3 conv', name: 'trainedConvolution' },
  { title: 'depthwise', name: 'trainedDepthwise' },
  { title: 'matrix', name: 'trainedMatrixProduct' },
]
const width = 11

function speedTable(
  measured: readonly { readonly name: string; readonly speed: EngineSpeed }[],
  colors: Colors,
): string[] {
  const first = Math.max('GFLOP/s'.length, ...measured.map(({ name }) => name.length)) + 2
  const half = (width * columns.length) / 2
  const row = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(first)}${cells.map((cell) => cell.padStart(width)).join('')}`
  return [
    colors.dim(`  ${''.padEnd(first)}${'forward'.padStart(half)}${'training step'.padStart(half)}`),
    colors.dim(
      row(
        'GFLOP/s',
        columns.map(({ title }) => title),
      ),
    ),
    ...measured.map(({ name, speed }) =>
      row(
        name,
        columns.map((column) => figure(speed[column.name])),
      ),
    ),
  ]
}

function figure(value: number | undefined): string {
  if (value === undefined || value === 0) return 'too slow'
  return value.toFixed(value < 10 ? 1 : 0)
}
