import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiled } from './spawn-graft.js'

/** A worker over stub nodes (`stub-worker.ts`), in a process of its own with a home of its own, to be killed by tests. */
export class WorkerProcess {
  printed = ''
  private constructor(
    private readonly child: ChildProcess,
    readonly home: string,
  ) {
    const add = (text: string): void => {
      this.printed += text
    }
    child.stdout?.setEncoding('utf8').on('data', add)
    child.stderr?.setEncoding('utf8').on('data', add)
  }

  static start(
    server: string,
    name: string,
    words: readonly string[] = [],
    home = mkdtempSync(join(tmpdir(), 'graft-worker-')),
  ): WorkerProcess {
    const program = fileURLToPath(compiled('testing/stub-worker.js'))
    const child = spawn(process.execPath, [program, '--server', server, '--name', name, ...words], {
      cwd: home,
      env: { ...process.env, GRAFT_HOME: home, GRAFT_CHECKPOINT_SECONDS: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new WorkerProcess(child, home)
  }

  /** Number of the process of the run that it does; null where it does none, or the system isn't Linux. */
  get run(): number | null {
    const { pid } = this.child
    const path = `/proc/${pid}/task/${pid}/children`
    return existsSync(path) ? Number(readFileSync(path, 'utf8').trim().split(' ')[0]) || null : null
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** Ends the process, and gives its exit code once it is gone. */
  stop(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return Promise.resolve(this.child.exitCode)
    return new Promise((resolve) => {
      this.child.once('exit', (code) => resolve(code))
      this.child.kill(signal)
    })
  }
}
