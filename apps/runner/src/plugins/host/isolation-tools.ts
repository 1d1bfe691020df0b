import { spawnSync } from 'node:child_process'

/** What this system offers beyond Node's permission model, as words to put before a command. */
export interface IsolationTools {
  /** Starts a command without any network (Linux, util-linux `unshare`); null where that isn't allowed. */
  readonly withoutNetwork: readonly string[] | null
  /**
   * Lets a command end with the process that started it, even when that is killed (Linux, util-linux `setpriv`); null
   * where that is missing.
   */
  readonly diesWithParent: readonly string[] | null
  /**
   * Starts a command in which no program can put a byte into a file, dump its memory or gain rights, whatever it does
   * inside (Linux, util-linux `prlimit` and `setpriv`); null where that is missing. Empty files can still be made, and
   * files emptied.
   */
  readonly writesNothing: readonly string[] | null
}

/** A machine that is held up for a while must not pass for one that can not isolate. */
const mostMilliseconds = 60_000

let known: IsolationTools | null = null

/** Tried once per process; a few milliseconds. */
export function isolationTools(): IsolationTools {
  known ??= process.platform === 'linux' ? probe() : { withoutNetwork: null, diesWithParent: null, writesNothing: null }
  return known
}

function probe(): IsolationTools {
  // Root needs no user namespace, in which it could not read the files of other users any more.
  const plain = ['unshare', '--net', '--']
  const mapped = ['unshare', '--map-current-user', '--net', '--']
  return {
    withoutNetwork: (process.getuid?.() === 0 ? [plain, mapped] : [mapped]).find(works) ?? null,
    diesWithParent: [['setpriv', '--pdeathsig', 'KILL', '--']].find(works) ?? null,
    writesNothing: [['prlimit', '--fsize=0', '--core=0', 'setpriv', '--no-new-privs', '--']].find(works) ?? null,
  }
}

function works([command = '', ...words]: readonly string[]): boolean {
  return spawnSync(command, [...words, 'true'], { stdio: 'ignore', timeout: mostMilliseconds }).status === 0
}
