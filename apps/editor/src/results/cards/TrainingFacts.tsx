import type { ReactElement } from 'react'
import { counted, duration, percent, whole } from '../../ui/format.js'
import { Card } from './Card.js'
import { verdictOnTraining } from '@graft/graph-schema'
import type { TrainingDetail } from '@graft/graph-schema'
import { VerdictNote } from './VerdictNote.js'

/** How a training went, and the proof that what was frozen did not move. */
export function TrainingFacts({ detail }: { readonly detail: TrainingDetail }): ReactElement {
  const moved = detail.freezeProof.filter(({ identical }) => !identical)
  return (
    <Card
      title={detail.title}
      note={`${detail.solver ? `solved, ${counted(detail.solver.iterations, 'iteration')}` : counted(detail.epochs, 'epoch')} in ${duration(detail.seconds)}${detail.stoppedEarly ? ', stopped early' : ''}`}
    >
      <VerdictNote verdict={verdictOnTraining(detail)} />
      <dl className="facts numeric">
        <div>
          <dt>{detail.solver ? 'Penalty' : 'Kept'}</dt>
          <dd>{detail.solver ? penaltyOf(detail.solver) : `epoch ${detail.bestEpoch}`}</dd>
        </div>
        <div>
          <dt>Speed</dt>
          <dd>
            {whole(detail.imagesPerSecond)} images/s on {detail.engine}
          </dd>
        </div>
        <div>
          <dt>Trained</dt>
          <dd>
            {whole(detail.trainableParameters)} of {whole(detail.totalParameters)} parameters (
            {percent(detail.trainableParameters / Math.max(1, detail.totalParameters), 0)})
          </dd>
        </div>
        {detail.prefix.boundary !== null && (
          <div>
            <dt>Ran once</dt>
            <dd>
              all up to {detail.prefix.boundary}; {counted(detail.prefix.cached, 'image')} reused,{' '}
              {whole(detail.prefix.computed)} computed
            </dd>
          </div>
        )}
        {detail.freezeProof.length > 0 && (
          <div>
            <dt>Frozen</dt>
            <dd>
              {moved.length === 0
                ? `all ${detail.freezeProof.length} frozen tensors are unchanged, bit for bit`
                : `${moved.length} frozen tensors changed: ${moved
                    .slice(0, 3)
                    .map(({ parameter }) => parameter)
                    .join(', ')}`}
            </dd>
          </div>
        )}
      </dl>
    </Card>
  )
}

function penaltyOf({ penalty, candidates }: NonNullable<TrainingDetail['solver']>): string {
  const value = Number(penalty.toPrecision(2))
  return candidates.length === 0 ? String(value) : `${value}, chosen of ${candidates.length} by cross-validation`
}
