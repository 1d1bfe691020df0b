import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readdirSync } from 'node:fs'
import type { MetricsValue } from '@graft/graph-schema'
import type { EvaluationDetail, TrainingDetail } from '@graft/nodes'
import { outputOf, type GraftRun, type Workplace } from './run-graft.js'

/** Bytes of a blob in a workplace's store, wherever the store keeps it. */
function readBlob(workplace: Workplace, sha256: string): Buffer {
  const home = join(workplace.directory, 'home')
  const found = readdirSync(home, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile() && entry.name === sha256)
  const nested = found ?? readdirSync(home, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile() && sha256.endsWith(entry.name) && entry.name.length > 20)
  if (nested === undefined) throw new Error(`no blob ${sha256} under ${home}`)
  return readFileSync(join(nested.parentPath, nested.name))
}

/** The detail that Train stored with its metrics. */
export function trainingDetail(workplace: Workplace, run: GraftRun, node = 'train'): TrainingDetail {
  return JSON.parse(readBlob(workplace, (outputOf(run, node, 'metrics') as MetricsValue).detail.sha256).toString()) as TrainingDetail
}

/** The detail that Evaluate stored with its metrics. */
export function evaluationDetail(workplace: Workplace, run: GraftRun, node = 'evaluate'): EvaluationDetail {
  return JSON.parse(readBlob(workplace, (outputOf(run, node, 'metrics') as MetricsValue).detail.sha256).toString()) as EvaluationDetail
}
