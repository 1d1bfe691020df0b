import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { encodeCheckpoint } from '@graft/engines'
import type { GraphDocument, RunEvent } from '@graft/graph-schema'
import { manifestOf, takeUp, type TakenUp } from '@graft/nodes'
import { Command, Option } from 'commander'
import { deviceChoices, engineChoices } from '../../../engines/every-engine.js'
import { giveCheckpoint } from '../../../checkpoints/given-checkpoint.js'
import { planRun } from '../../../executor/plan/plan-run.js'
import { findHome } from '../../../home.js'
import { executeRequest } from '../../../process/execute-request.js'
import { meets } from '../../../process/run-request.js'
import type { RunRequest } from '../../../process/run-request.js'
import { checkpointOfProgram } from '../../../exporting/checkpoint-of-program.js'
import { programSource } from '../../../exporting/export-program.js'
import { openDatabase } from '../../../database/open-database.js'
import { factsOfGraph } from '../../../runs/graph-facts.js'
import { RunStore } from '../../../runs/run-store.js'
import type { StoredRequest } from '../../../runs/stored-run.js'
import { superviseRun } from '../../../runs/supervise-run.js'
import { openBlobStore } from '../../../store/file-blob-store.js'
import { applySettings, collect } from '../../apply-settings.js'
import { checkOutputFolder } from '../../check-output-folder.js'
import { leftByRun } from '../runs/left-by-run.js'
import { callError } from '../../cli-error.js'
import { isTemplate } from '../models/pin.js'
import { type TogetherFlags, togetherOf, withTogetherOptions } from '../../together-options.js'
import { colorsFor } from '../../../text/colors.js'
import { loadGraph } from '../../load-graph.js'
import type { LoadedGraph } from '../../load-graph.js'
import type { Surroundings } from '../../surroundings.js'
import { exitCodeOfOutput } from '../../output-gone.js'
import { onInterrupt } from '../../on-interrupt.js'
import { pinAfterRun } from '../../pin-after-run.js'
import type { Interrupts } from '../../on-interrupt.js'
import type { RunCourse } from '../../view/collect-run.js'
import { nameNodes } from '../../view/lines-of-event.js'
import type { NameNode } from '../../view/lines-of-event.js'
import { exitCodeOf, showEvents } from '../../view/show-events.js'
import { summaryLines } from '../../view/summary.js'
import { withPlugins } from '../../with-plugins.js'
import { writeOutputs } from '../../write-outputs.js'

export interface RunFlags extends TogetherFlags {
  readonly set: readonly string[]
  readonly to?: readonly string[]
  readonly engine: RunRequest['engine']
  readonly device: NonNullable<RunRequest['device']>
  readonly json?: boolean
  readonly out?: string
  readonly debug?: boolean
  readonly cache: boolean
  readonly inProcess?: boolean
  readonly pin?: boolean
  readonly fromCheckpoint?: string
  readonly fromRun?: string
}

/** What a run is told beyond its document. */
export type FollowFlags = Pick<RunFlags, 'to' | 'engine' | 'device' | 'json' | 'debug' | 'cache' | 'inProcess'> &
  TogetherFlags & {
    /** The state that one of the graph's Trains goes on from. */
    readonly takenUp?: TakenUp
  }

/** `graft run`: executes a graph and shows how it goes. `exit` receives the exit code. */
export function runCommand(around: Surroundings, exit: (code: number) => void): Command {
  return withRunOptions(new Command('run').description('Run a graph file, or a template by name'))
    .option('--to <node>', 'run only what this node needs; can be given more than once', collect)
    .option('--from-checkpoint <file>', "go on from a checkpoint of the graph's exported program")
    .option(
      '--from-run <run>',
      'go on where an unfinished run of this graph is, with another engine for example: id, its last characters, or "last"',
    )
    .option('--pin', 'after a good run, write the checksums of its downloaded networks into the graph file')
    .action(async (given: string, flags: RunFlags) => exit(await run(given, flags, await withPlugins(around))))
}

/** The argument and the options of every command that runs a graph. */
export function withRunOptions(command: Command): Command {
  return withTogetherOptions(
    withEngineOptions(
      command
        .argument('<graph>', 'path of a *.graft.json file, or name of a template')
        .option(
          '--set <node.param=value>',
          'change a parameter for this run; can be given more than once',
          collect,
          [],
        ),
    ),
  )
    .option('--json', 'print one event per line as JSON, and nothing else')
    .option('--out <folder>', 'where files and reports go (default: ./graft-out/<graph>)')
}

/** The options of every command that computes. */
export function withEngineOptions(command: Command): Command {
  return command
    .addOption(new Option('--engine <name>', 'what computes').choices(engineChoices).default('auto'))
    .addOption(
      new Option('--device <name>', 'what it computes on; auto: what is fastest for the network')
        .choices(deviceChoices)
        .default('auto'),
    )
    .option('--no-cache', 'run everything, even what has not changed')
    .option('--debug', 'show stack traces and what engines print')
    .addOption(new Option('--in-process').hideHelp())
}

async function run(given: string, flags: RunFlags, around: Surroundings): Promise<number> {
  const loaded = await loadGraph(given, around)
  if (flags.pin && loaded.graph.startsWith('template:')) throw isTemplate(given)
  return runLoaded(loaded, applySettings(loaded.document, flags.set), flags, around)
}

/** Runs a document that came from a graph, shows how it goes and writes its files. Gives the exit code. */
export async function runLoaded(
  loaded: LoadedGraph,
  document: GraphDocument,
  flags: RunFlags,
  around: Surroundings,
): Promise<number> {
  // Refuses here what would be refused there, before a process is started and engines are loaded.
  const plan = planRun(document, around.library, flags.to)
  const directory = resolve(flags.out ?? join('graft-out', loaded.slug))
  if (plan.nodes.some(({ definition }) => definition.isOutput)) await checkOutputFolder(directory)
  const takenUp = await checkpointIn(flags, document, loaded.base, around)
  const course = await followRun(loaded, document, { ...flags, ...takenUp }, around, process.stdout)
  const code = exitCodeOfOutput() ?? (await finish(course, directory, nameIn(document, around), flags))
  if (flags.pin && code === 0) await pinAfterRun(document, loaded, flags.json ?? false, around)
  return code
}

/** Runs a document and shows how it goes on one of the process's two outputs; gives what came of it. */
export async function followRun(
  { graph, base }: Pick<LoadedGraph, 'graph' | 'base'>,
  document: GraphDocument,
  flags: FollowFlags,
  around: Surroundings,
  output: NodeJS.WriteStream,
): Promise<RunCourse> {
  planRun(document, around.library, flags.to)
  const together = togetherOf(flags, flags.engine)
  const request: StoredRequest = {
    ...{ document, graph, base, engine: flags.engine, device: flags.device },
    // A machine that takes a result from before would be missed by the others where they train.
    ignoreCache: !flags.cache || meets(together),
    debug: flags.debug ?? false,
    ...(flags.to ? { to: flags.to } : {}),
    ...(together ? { together } : {}),
  }
  const interrupts = onInterrupt(() => process.stderr.write('Stopping… press Ctrl-C again to stop at once.\n'))
  try {
    const events = await execute(request, flags, interrupts, around)
    return await showEvents(events, nameIn(document, around), flags.json ?? false, output)
  } finally {
    interrupts.dispose()
  }
}

const nameIn = (document: GraphDocument, { library }: Surroundings): NameNode =>
  nameNodes(document, new Map(library.map(({ type, title }) => [type, title])))

/**
 * The run is known to every process from the start; a person who calls `graft run` doesn't wait for the server's queue.
 */
async function execute(
  request: StoredRequest,
  flags: FollowFlags,
  interrupts: Interrupts,
  around: Surroundings,
): Promise<AsyncGenerator<RunEvent, void, void>> {
  const store = new RunStore(openDatabase(findHome()))
  const used = new Set(Object.values(request.document.nodes).map(({ type }) => type))
  const manifests = around.library.filter(({ type }) => used.has(type)).map(manifestOf)
  const { summary } = store.startNow({ request, facts: factsOfGraph(request.document, manifests) })
  const { takenUp } = flags
  if (takenUp !== undefined)
    await giveCheckpoint(
      join(findHome().checkpoints, summary.id),
      takenUp.node,
      encodeCheckpoint({ ...takenUp.checkpoint }),
    )
  return superviseRun(summary.id, {
    store,
    program: around.runProgram,
    started: around.runProcess,
    cancel: interrupts.cancel,
    kill: interrupts.kill,
    ...(flags.inProcess ? { execute: (whole, signal) => executeRequest(whole, around.library, signal) } : {}),
    ...(flags.debug ? { onOutput: (text) => process.stderr.write(text) } : {}),
  })
}

/** The checkpoint of --from-checkpoint or --from-run. */
async function checkpointIn(
  { fromCheckpoint, fromRun }: RunFlags,
  document: GraphDocument,
  base: string,
  { library }: Surroundings,
): Promise<{ readonly takenUp?: TakenUp }> {
  if (fromCheckpoint === undefined && fromRun === undefined) return {}
  if (fromCheckpoint === undefined) {
    const left = await leftByRun(fromRun ?? '')
    return { takenUp: takeUp(await programSource({ document, base }, library), left) }
  }
  if (fromRun !== undefined)
    throw callError('two-checkpoints', 'A run goes on from one checkpoint.', 'Give --from-run or --from-checkpoint.')
  const path = resolve(fromCheckpoint)
  const bytes = await readFile(path).catch(() => {
    throw callError('no-checkpoint', `There is no file "${path}".`, 'Give runs/checkpoint.safetensors of a program.')
  })
  return { takenUp: await checkpointOfProgram({ document, base }, library, new Uint8Array(bytes)) }
}

async function finish(course: RunCourse, directory: string, name: NameNode, flags: RunFlags): Promise<number> {
  const store = openBlobStore(findHome().store)
  const files = await writeOutputs(course.end?.outputs ?? {}, store, directory)
  if (!flags.json) {
    const lines = await summaryLines(course, files, store, name, colorsFor(process.stdout))
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  return exitCodeOf(course.end)
}
