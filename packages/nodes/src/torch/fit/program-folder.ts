import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { EngineError, type FitJob } from '@graft/engines'
import { isGraftError, must } from '@graft/errors'
import type { DatasetValue } from '@graft/graph-schema'
import { TrainRequest } from '../../library/training/train-request.js'
import { programFiles } from '../../program/files/write-program.js'
import { planProgram } from '../../program/plan/plan-program.js'
import type { ProgramPhase, ProgramSource } from '../../program/plan/program-plan.js'
import { readSamples } from '../../sdk/samples.js'
import { type EnginePart, enginePart } from '../engine-parts.js'
import { removeLeftOver } from './left-over.js'

/** The one training of a Train as a program. */
export interface FitProgram {
  readonly source: ProgramSource
  readonly phase: ProgramPhase
  /** sha256 of every image by its table, in the order of its rows. */
  readonly names: Readonly<Record<string, readonly string[]>>
}

/** Plans the program of a Train. Throws EngineError for what one can't be written for, with the way out. */
export async function planFit({ request, settings }: FitJob): Promise<FitProgram> {
  if (!(request instanceof TrainRequest))
    throw new EngineError(
      'It trains on images that it reads itself, and none were named.',
      'Choose another engine for this.',
    )
  const { node, model, train, validation, store } = request
  // What is left to the machine has been decided.
  const params = { ...request.params, batchSize: settings.batchSize }
  const trains = [{ node, params, model, train, ...(validation !== undefined && { validation }) }]
  try {
    const source = await planProgram({ trains, evaluations: [] }, { title: model.network.name, store })
    const phase = must(source.plan.phases[0], 'the phase')
    const namesOf = async (dataset: DatasetValue): Promise<readonly string[]> =>
      (await readSamples(dataset, store)).map(({ fingerprint }) => fingerprint)
    const names = {
      [phase.train]: await namesOf(train),
      ...(validation !== undefined && phase.validation !== null && { [phase.validation]: await namesOf(validation) }),
    }
    return { source, phase, names }
  } catch (error) {
    if (!isGraftError(error) || error.code === 'internal') throw error
    throw new EngineError(error.message, error.fix, { cause: error })
  }
}

const parts: readonly EnginePart[] = ['channel.py', 'drive.py', 'kept_features.py']

/** Writes the program into a new folder, and what drives it beside it; gives the folder. */
export async function writeFolder({ source, names }: FitProgram): Promise<string> {
  await removeLeftOver()
  const folder = await mkdtemp(join(tmpdir(), `graft-torch-${process.pid}-`))
  for (const [path, bytes] of await programFiles(source)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  for (const part of parts) await copyFile(enginePart(part), join(folder, part))
  await writeFile(join(folder, 'names.json'), JSON.stringify(names))
  return folder
}
