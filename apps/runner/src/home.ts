import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * The folders in which Graft keeps what outlives a run; shared by every process of a person. `root` also holds the
 * database (runs, graphs).
 */
export interface Home {
  readonly root: string
  /** Content-addressed blobs. */
  readonly store: string
  /** Results of nodes, by cache key. */
  readonly results: string
  /** What every node of every graph was made of when it last ran, for explanations. */
  readonly history: string
  /** Derived data of nodes, such as features of a frozen prefix and downloads. */
  readonly derived: string
  /** State of trainings under way, by run: what an interrupted one goes on from. */
  readonly checkpoints: string
  /** How fast the engines are on this machine: what `--engine auto` goes by. */
  readonly measurements: string
  /** Uploaded images; a data root of the server. */
  readonly data: string
  /** Files of servers, where this machine works for them. */
  readonly mirror: string
  /** Transfers under way: uploads, and artifacts that a worker fetches. */
  readonly temporary: string
}

/** `$GRAFT_HOME`, else `~/.graft`. Creates nothing. */
export function findHome(environment: Readonly<Record<string, string | undefined>> = process.env): Home {
  const root = environment.GRAFT_HOME ? resolve(environment.GRAFT_HOME) : join(homedir(), '.graft')
  return {
    root,
    store: join(root, 'store'),
    results: join(root, 'cache', 'results'),
    history: join(root, 'cache', 'history'),
    derived: join(root, 'cache', 'derived'),
    checkpoints: join(root, 'checkpoints'),
    measurements: join(root, 'engines.json'),
    data: join(root, 'data'),
    mirror: join(root, 'mirror'),
    temporary: join(root, 'tmp'),
  }
}
