import { realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { deviceChoices } from '../../../engines/every-engine.js'
import { findHome } from '../../../home.js'
import { ServerRefusal } from '../../../remote/server-client.js'
import { isLoopback } from '../../../server/security/refuse-unsafe.js'
import { describeWorker } from '../../../worker/describe-worker.js'
import { collect } from '../../apply-settings.js'
import { callError } from '../../cli-error.js'
import { readToken } from '../../read-token.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'
import { workUntilInterrupted } from '../../work-until-interrupted.js'

interface WorkerFlags {
  readonly server: string
  readonly tokenFile?: string
  readonly name: string
  readonly device: string
  readonly mounted?: readonly string[]
  readonly dataLimit: number
  readonly idle?: number
}

const positive = (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0) || value > 1e9) throw new InvalidArgumentError('Expected a number above 0.')
  return value
}

/** `graft worker`: does runs of a server's queue on this machine. */
export function workerCommand(around: Surroundings, exit: (code: number) => void): Command {
  return new Command('worker')
    .description("Do runs of a server's queue on this machine, one after the other, until Ctrl-C gives them back")
    .requiredOption('--server <address>', 'address of `graft serve`, such as http://192.168.1.5:4747')
    .option('--token-file <path>', "file with the server's token; needed unless the server is on this machine")
    .option('--name <name>', 'what this worker is called in lists', nameOf, hostname().slice(0, 64) || 'worker')
    .addOption(
      new Option('--device <name>', 'what it computes on where a run leaves that open')
        .choices(deviceChoices)
        .default('auto'),
    )
    .option(
      '--mounted <folder>',
      'folder that is the same here and on the server: files in it are read in place instead of being sent; can be given more than once',
      collect,
    )
    .option(
      '--data-limit <gigabytes>',
      'most that is sent for one node, and kept of files that were sent',
      positive,
      50,
    )
    .option('--idle <seconds>', 'end after so many seconds without a run', positive)
    .action(async (flags: WorkerFlags) => exit(await start(flags, await withPlugins(around))))
}

function nameOf(text: string): string {
  if (!/^[^\p{Cc}]{1,64}$/u.test(text)) throw new InvalidArgumentError('Expected 1 to 64 characters.')
  return text
}

async function start(flags: WorkerFlags, { library, runProgram, helperProgram }: Surroundings): Promise<number> {
  const server = serverOf(flags)
  const { name, device, dataLimit, idle } = flags
  const mounted = (flags.mounted ?? []).map(mountedFolder)
  try {
    const worker = await describeWorker(name, device, library, helperProgram)
    say(`Worker ${name} takes runs from ${server.address}.`)
    return await workUntilInterrupted({
      ...{ server, worker, device, mounted, home: findHome(), program: runProgram },
      limitBytes: dataLimit * 1e9,
      ...(idle === undefined ? {} : { idleSeconds: idle }),
      say,
    })
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error
    const fix = error.status === 401 ? 'Give the file with the token as --token-file.' : ''
    throw callError(error.code, error.message, fix)
  }
}

const say = (message: string): void => void process.stdout.write(`${message}\n`)

/** What travels are images and networks, and whoever holds the token can start runs: not without it to other machines. */
function serverOf({ server, tokenFile }: WorkerFlags): { readonly address: string; readonly token?: string } {
  const url = URL.canParse(server) ? new URL(server) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '')
    throw callError(
      'server-address',
      `"${server}" is no address of a server.`,
      'Expected http://HOST:PORT or https://HOST.',
    )
  if (tokenFile === undefined && !isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
    throw callError(
      'token-missing',
      `${url.host} is another machine, so its token is needed.`,
      'Copy the file that `graft serve --token-file` was given, and give it here as --token-file.',
    )
  const address = `${url.origin}${url.pathname}`
  return tokenFile === undefined ? { address } : { address, token: readToken(tokenFile) }
}

function mountedFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    throw callError(
      'folder-missing',
      `The folder ${path} (--mounted) is not there.`,
      'Give a folder that exists here and on the server.',
    )
  }
}
