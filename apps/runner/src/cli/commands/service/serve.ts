import { spawn } from 'node:child_process'
import { Command, InvalidArgumentError, Option } from 'commander'
import { findHome } from '../../../home.js'
import { runPlaces } from '../../../runs/machines/machines.js'
import type { RunPlace } from '../../../runs/machines/machines.js'
import { ServerError } from '../../../server/options/server-options.js'
import type { ServerOptions } from '../../../server/options/server-options.js'
import { findOwnFolders } from '../../../server/options/own-folders.js'
import type { OwnFolder } from '../../../server/options/own-folders.js'
import { isLoopback } from '../../../server/security/refuse-unsafe.js'
import { callError } from '../../cli-error.js'
import { onOutputGone } from '../../output-gone.js'
import { readToken } from '../../read-token.js'
import type { Surroundings } from '../../surroundings.js'

interface ServeFlags {
  readonly host?: string
  readonly port?: number
  readonly tokenFile?: string
  readonly dataRoot?: readonly string[]
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly runsPerDevice?: number
  readonly parallel?: number
  readonly runsOn: RunPlace
  readonly lease?: number
  readonly transferLimit?: number
  readonly onRestart: 'mark' | 'resume'
  readonly editor?: string
  readonly cacheLimit?: number
  readonly memoryLimit?: number
  readonly open?: boolean
  readonly quiet?: boolean
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** A whole number within bounds, for commander. */
function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`)
    return value
  }
}

/**
 * `graft serve`: the runner as a service, with the editor. Ends with 0 on Ctrl-C or SIGTERM, after what runs was
 * interrupted in good order.
 */
export function serveCommand(around: Surroundings, exit: (code: number) => void): Command {
  return new Command('serve')
    .description('Serve the editor and the API; runs survive restarts')
    .option('--host <address>', 'address to listen on; any but loopback needs a token (default: 127.0.0.1)')
    .option('--port <number>', 'port; 0 takes any free one (default: 4747)', whole(0, 65535))
    .option('--token-file <path>', 'file with a token of at least 32 characters that every request must show')
    .option(
      '--data-root <folder>',
      'folder that graphs may read; can be given more than once (default: the current folder and, where only this machine can reach the server without a token, your documents, downloads, pictures, desktop and home folder, without what is hidden there)',
      collect,
    )
    .option(
      '--allow-host <name>',
      'name that clients may use for the server, besides localhost and IP addresses',
      collect,
    )
    .option(
      '--allow-origin <origin>',
      'origin of a page on another server that may call this one, for development',
      collect,
    )
    .option(
      '--runs-per-device <runs>',
      'runs at once on each device (default: 1); others wait in the queue',
      whole(1, 64),
    )
    .addOption(new Option('--parallel <runs>', 'the old name of --runs-per-device').argParser(whole(1, 64)).hideHelp())
    .addOption(
      new Option(
        '--runs-on <where>',
        'where runs go: auto (to workers while any is connected, else here), here, workers (they wait for one), or both',
      )
        .choices(runPlaces)
        .default('auto'),
    )
    .option(
      '--lease <seconds>',
      'how long a worker may be silent before its run goes to another (default: 30)',
      whole(1, 86_400),
    )
    .option(
      '--transfer-limit <gigabytes>',
      'most that a worker may send as one checkpoint or artifact (default: 8)',
      whole(1, 1_000_000),
    )
    .addOption(
      new Option('--on-restart <what>', 'what to do with runs whose process was killed')
        .choices(['mark', 'resume'])
        .default('mark'),
    )
    .option('--editor <folder>', 'folder of the built editor')
    .option(
      '--cache-limit <gigabytes>',
      'how much disk space the cache, the artifacts and the record of runs may take',
      whole(1, 1_000_000),
    )
    .option(
      '--memory-limit <megabytes>',
      'how much memory caches may take: those of the server together, and those of each run (default: 512)',
      whole(16, 1_000_000),
    )
    .option('--open', 'open the editor in a browser')
    .option('--quiet', 'write no log')
    .action(async (flags: ServeFlags) => exit(await serve(flags, around)))
}

async function serve(flags: ServeFlags, around: Surroundings): Promise<number> {
  // Only here: the web server's modules would delay every other command.
  const { startServer } = await import('../../../server/start-server.js')
  const server = await startServer(optionsOf(flags, around)).catch((error: unknown) => {
    if (error instanceof ServerError)
      throw callError(error.code, error.message, `${error.fix} \`graft serve --help\` shows the options.`)
    throw error
  })
  process.stdout.write(`Graft is at ${server.address}\n`)
  if (flags.open) openBrowser(server.address)
  await untilSignal()
  process.stdout.write('Stopping…\n')
  await server.close()
  return 0
}

function optionsOf(
  flags: ServeFlags,
  { library, templates, readTemplate, runProgram, helperProgram }: Surroundings,
): ServerOptions {
  const { host, port, allowHost, allowOrigin, editor, onRestart } = flags
  const parallel = flags.runsPerDevice ?? flags.parallel
  return {
    home: findHome(),
    library,
    templates,
    readTemplate,
    runProgram,
    helperProgram,
    onRestart,
    runsOn: flags.runsOn,
    ...(flags.lease === undefined ? {} : { leaseSeconds: flags.lease }),
    ...(flags.transferLimit === undefined ? {} : { limits: { artifactBytes: flags.transferLimit * 1e9 } }),
    dataRoots: flags.dataRoot ?? [process.cwd()],
    ownFolders: ownFoldersFor(flags),
    cacheLimits: {
      ...(flags.cacheLimit === undefined ? {} : { disk: flags.cacheLimit * 1e9 }),
      ...(flags.memoryLimit === undefined ? {} : { memory: flags.memoryLimit * 2 ** 20 }),
    },
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(editor === undefined ? {} : { editor }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(allowOrigin === undefined ? {} : { allowedOrigins: allowOrigin }),
    ...(flags.tokenFile === undefined ? {} : { token: readToken(flags.tokenFile) }),
    ...(flags.quiet ? {} : { log: (line) => process.stderr.write(`${line}\n`) }),
  }
}

/** Where others may come in, or the folders were named, nothing else is readable. */
function ownFoldersFor({ host, tokenFile, dataRoot }: ServeFlags): readonly OwnFolder[] {
  const isOnlyMine = (host === undefined || isLoopback(host)) && tokenFile === undefined
  return isOnlyMine && dataRoot === undefined ? findOwnFolders() : []
}

/** A second signal ends the process at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    const handle = (): void => {
      for (const signal of signals) {
        process.off(signal, handle)
        process.once(signal, () => process.exit(130))
      }
      resolve()
    }
    // A server goes on serving when nobody reads what it prints any more.
    onOutputGone(() => undefined)
    for (const signal of signals) process.on(signal, handle)
  })
}

/** No browser is no reason to stop: the address is on the screen. */
function openBrowser(address: string): void {
  const [command, ...words] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  if (command === undefined) return
  const child = spawn(command, [...words, address], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
