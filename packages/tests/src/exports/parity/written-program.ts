import { join } from 'node:path'
import { afterAll, beforeAll, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { withSettings } from './network-graph.js'
import { writeFiles } from '../program/write-files.js'

/** The program of a template, written before a file's tests run and gone behind them; gives its folder. */
export function writtenProgram(template: string, settings: Readonly<Record<string, string>>): string {
  const workplace = new Workplace()
  const folder = join(workplace.directory, 'program')
  beforeAll(async () => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    await writeFiles(withSettings(template, settings), workplace.directory, folder)
  })
  afterAll(() => {
    workplace.remove()
    vi.unstubAllEnvs()
  })
  return folder
}
