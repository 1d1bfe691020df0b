import type { Command } from 'commander'
import type { Surroundings } from '../../surroundings.js'
import { cancelCommand } from '../runs/cancel.js'
import { compareCommand } from '../compare/compare.js'
import { gcCommand } from '../runs/gc.js'
import { resumeCommand } from '../runs/resume.js'
import { runsCommand } from '../runs/runs.js'
import { serveCommand } from './serve.js'
import { showCommand } from '../runs/show.js'
import { tailCommand } from '../runs/tail.js'
import { workerCommand } from './worker.js'
import { workersCommand } from './workers.js'

/** The commands around the runner's database: the service, and runs of the past and present. */
export function serviceCommands(around: Surroundings, exit: (code: number) => void): Command[] {
  return [
    serveCommand(around, exit),
    workerCommand(around, exit),
    workersCommand(),
    runsCommand(),
    showCommand(around),
    compareCommand(exit),
    tailCommand(around, exit),
    cancelCommand(),
    resumeCommand(around, exit),
    gcCommand(),
  ]
}
