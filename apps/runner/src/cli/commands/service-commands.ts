import type { Command } from 'commander'
import type { Surroundings } from '../surroundings.js'
import { serveCommand } from './serve.js'

/** The commands around the runner's database: the service, and runs of the past and present. */
export function serviceCommands(around: Surroundings, exit: (code: number) => void): Command[] {
  return [serveCommand(around, exit)]
}
