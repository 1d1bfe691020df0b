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
      note={`${detail.solver ? solvedHow(detail.solver, detail.engine) : counted(detail.epochs, 'epoch')} in ${duration(detail.seconds)}${detail.stoppedEarly ? ', stopped early' : ''}`}
    >
      <VerdictNote verdict={verdictOnTraining(detail)} />
      <dl className="facts numeric">
        <div>
          <dt>{detail.solver ? capitalised(detail.solver.setting.name) : 'Kept'}</dt>
          <dd>{detail.solver ? settingOf(detail.solver) : keptOf(detail)}</dd>
        </div>
        {detail.solver && <SolverFacts solver={detail.solver} />}
        {detail.aids && (
          <div>
            <dt>Aids</dt>
            <dd>{detail.aids.join(' ')}</dd>
          </div>
        )}
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

const keptOf = ({ bestEpoch, joinedEpochs }: TrainingDetail): string =>
  joinedEpochs ? `the mean of epochs ${joinedEpochs.join(', ')}` : `epoch ${bestEpoch}`

type Solver = NonNullable<TrainingDetail['solver']>

function SolverFacts({ solver: { stages, validated } }: { readonly solver: Solver }): ReactElement {
  return (
    <>
      {stages.length > 0 && (
        <div>
          <dt>Stages count</dt>
          <dd>{stages.map(({ stage, weight }) => `${stage} ${short(weight)}`).join(', ')}</dd>
        </div>
      )}
      {validated && (
        <div>
          <dt>Cross-validated</dt>
          <dd>{percent(validated.hitRate, 1)} right, on training images that the head had not seen</dd>
        </div>
      )}
    </>
  )
}

function solvedHow({ optimum }: Solver, method: string): string {
  return optimum ? `solved, ${counted(optimum.iterations, 'iteration')}` : `${method},`
}

function settingOf({ setting: { value }, candidates }: Solver): string {
  return candidates.length === 0
    ? short(value)
    : `${short(value)}, chosen of ${candidates.length} candidates by cross-validation`
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const short = (value: number): string => String(Number(value.toPrecision(2)))
