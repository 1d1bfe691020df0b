import { createRequire } from 'node:module'
import { cpus, freemem, totalmem } from 'node:os'
import { openMeasurements } from '@graft/engines'
import { Command } from 'commander'
import { cacheSize } from '../../../cache/clean-up.js'
import { cacheLimits } from '../../../cache/limits.js'
import { everyEngine } from '../../../engines/every-engine.js'
import { findHome } from '../../../home.js'
import { listPlugins } from '../../../plugins/list-plugins.js'
import type { PluginOverview } from '../../../plugins/list-plugins.js'
import { isolationTools } from '../../../plugins/host/isolation-tools.js'
import { colorsFor } from '../../../text/colors.js'
import type { Colors } from '../../../text/colors.js'
import { examineEngine, type ExaminedEngine } from '../../doctor/examine-engine.js'
import { describeEngines } from '../../doctor/describe-engines.js'
import { formatBytes } from '../../../text/format-values.js'

/** Packages that make Graft faster when they are there, and what for. */
const optionalPackages = [
  { name: '@tensorflow/tfjs-node-gpu', use: 'the tfjs engine on an NVIDIA GPU' },
  { name: '@tensorflow/tfjs-node', use: 'the tfjs engine with native CPU kernels' },
] as const

export interface DoctorReport {
  readonly node: string
  readonly platform: string
  readonly processor: { readonly model: string; readonly cores: number }
  readonly memory: { readonly total: number; readonly free: number }
  readonly engines: readonly ExaminedEngine[]
  readonly optional: readonly { readonly name: string; readonly use: string; readonly found: boolean }[]
  readonly plugins: readonly PluginOverview[]
  /** What keeps plugins in, beyond Node's permission model. */
  readonly isolation: {
    readonly withoutNetwork: boolean
    readonly diesWithParent: boolean
    readonly writesNothing: boolean
  }
  readonly cache: { readonly directory: string; readonly bytes: number; readonly limit: number }
}

/** `graft doctor`: what is here, what works and what could be added. */
export function doctorCommand(exit: (code: number) => void): Command {
  return new Command('doctor')
    .description(
      'Show what this machine offers: engines and devices with their measured speed, optional packages, cache',
    )
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const report = await examine()
      process.stdout.write(
        json ? `${JSON.stringify(report, null, 2)}\n` : `${describe(report, colorsFor(process.stdout)).join('\n')}\n`,
      )
      exit(report.engines.some((engine) => engine.available && engine.trains) ? 0 : 1)
    })
}

async function examine(): Promise<DoctorReport> {
  const home = findHome()
  const processors = cpus()
  // One after the other, so that they don't take each other's cores.
  const found: ExaminedEngine[] = []
  for (const engine of everyEngine()) found.push(await examineEngine(engine, openMeasurements(home.measurements)))
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: { model: processors[0]?.model.trim() ?? 'unknown', cores: processors.length },
    memory: { total: totalmem(), free: freemem() },
    engines: found,
    optional: optionalPackages.map((wanted) => ({ ...wanted, found: isInstalled(wanted.name) })),
    plugins: await listPlugins({ home }),
    isolation: {
      withoutNetwork: isolationTools().withoutNetwork !== null,
      diesWithParent: isolationTools().diesWithParent !== null,
      writesNothing: isolationTools().writesNothing !== null,
    },
    cache: { directory: home.root, bytes: await cacheSize(home), limit: cacheLimits().disk },
  }
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

function describe(report: DoctorReport, colors: Colors): string[] {
  const { processor, memory, cache } = report
  const line = (label: string, text: string): string => `${colors.dim(label.padEnd(10))} ${text}`
  return [
    line('Node.js', `${report.node} on ${report.platform}`),
    line('processor', `${processor.model}, ${processor.cores} cores`),
    line('memory', `${formatBytes(memory.total)}, ${formatBytes(memory.free)} free`),
    line(
      'cache',
      `${cache.directory}, ${formatBytes(cache.bytes)} of at most ${formatBytes(cache.limit)} (GRAFT_HOME, GRAFT_CACHE_LIMIT_GB)`,
    ),
    '',
    ...describeEngines(report.engines, colors),
    '',
    ...describePlugins(report, colors),
    ...report.optional.map(
      ({ name, use, found }) =>
        `${found ? colors.green('✓') : colors.dim('-')} ${name}: ${use}${found ? '' : ` ${colors.dim(`(add it with \`npm install ${name}\`)`)}`}`,
    ),
  ]
}

function describePlugins({ plugins, isolation }: DoctorReport, colors: Colors): string[] {
  if (plugins.length === 0) return []
  const lines = plugins.map(({ name, version, nodes, problem }) =>
    problem === null
      ? `${colors.green('✓')} plugin ${colors.bold(name)} ${version}: ${nodes.join(', ')}`
      : `${colors.red('✗')} plugin ${colors.bold(name)}: ${problem.message} ${problem.fix}`,
  )
  const network = isolation.withoutNetwork
    ? 'plugins without the permission run where there is no network'
    : "this system can't take the network away from a process; only Node's own functions are blocked (docs/plugin-guide.md)"
  const files = isolation.writesNothing
    ? 'the system itself lets them write nothing into files'
    : 'only Node keeps them from writing files; `prlimit` and `setpriv` of util-linux would too (docs/plugin-guide.md)'
  return [...lines, ...[network, files].map((line) => colors.dim(`    ${line}`)), '']
}
