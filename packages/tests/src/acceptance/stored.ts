import { join } from 'node:path'
import type { MetricsValue } from '@graft/graph-schema'
import type { SingleLabelEvaluation, TrainingDetail } from '@graft/nodes'
import { openBlobStore } from '@graft/runner'
import { outputOf, type GraftRun, type Workplace } from './run-graft.js'

async function readDetail<Detail>(workplace: Workplace, run: GraftRun, node: string): Promise<Detail> {
  const { detail } = outputOf(run, node, 'metrics') as MetricsValue
  const bytes = await openBlobStore(join(workplace.directory, 'home', 'store')).get(detail.sha256)
  return JSON.parse(new TextDecoder().decode(bytes)) as Detail
}

/** The detail that Train stored with its metrics. */
export function trainingDetail(workplace: Workplace, run: GraftRun, node = 'train'): Promise<TrainingDetail> {
  return readDetail(workplace, run, node)
}

/** The detail that Evaluate stored with its metrics. */
export function evaluationDetail(
  workplace: Workplace,
  run: GraftRun,
  node = 'evaluate',
): Promise<SingleLabelEvaluation> {
  return readDetail(workplace, run, node)
}
