import type { AdviceValue, DatasetValue, Sample } from '@graft/graph-schema'
import { must } from '@graft/errors'
import type { NodeContext } from '../../sdk/node-context.js'
import { progressOf } from '../../sdk/progress.js'
import type { ModelValue } from '../../sdk/values.js'
import { loadModelTensors } from '../support/model-weights.js'
import { tiedImages } from '../support/tied-images.js'
import { type MeasuredCandidate, measuredCandidates, taughtByAll, titleOf } from './conclude/candidates.js'
import { chooseCandidate } from './conclude/choose.js'
import { dearOnes } from './conclude/dear-ones.js'
import { learningCurveOf } from './conclude/learning-curve.js'
import { positionOf } from './conclude/position.js'
import { noRecommendation, recommend } from './conclude/recommend.js'
import { textbookOf } from './conclude/textbook.js'
import { firstStep, unknownsOf } from './conclude/unknowns.js'
import { affordableImages } from './features/affordable.js'
import { lookAt, type LookedAt } from './features/looked-at.js'
import { type NetworkFeatures, readNetworkFeatures } from './features/network-features.js'
import { findings } from './findings/index.js'
import { showFindings } from './findings/show-findings.js'
import { createBreather } from './measure/breather.js'
import { copiesAmong, type Copies } from './measure/copies.js'
import { type CurveHits, measureCurve } from './measure/measure-curve.js'
import { type MeasuredNetwork, measureNetwork, sizeOf } from './measure/measure-network.js'
import { type Alikeness, alikenessOf } from './measure/neighbours.js'
import { independentOf, type Subject, subjectOf } from './measure/subject.js'
import { accuracyEstimate, meanOf } from './statistics/estimate.js'
import { leastRemaining } from './statistics/extrapolate.js'
import { wholeProgress } from './whole-progress.js'

export interface AdviseOptions {
  /** Most images that are looked at. */
  readonly pictures: number
  /** About how long it may take, which decides on the number of images; 0: the number above does. */
  readonly minutes: number
  /** Whether fine-tuning is tried on a small budget. */
  readonly tryFineTuning: boolean
  readonly seed: number
}

/** A network with its features, and how alike images are to each of its stages. */
interface Asked {
  readonly id: string
  readonly model: ModelValue
  readonly features: NetworkFeatures
  readonly alikeness: (stage: number) => Alikeness
}

/** Shares of the time that are over when the passes are, and when heads are measured. */
const shares = { passes: 0.7, heads: 1 }
const sharesWithTrying = { passes: 0.1, heads: 0.15 }

/** Looks at images through networks, one pass each, and says what to do with them. */
export async function advise(
  images: DatasetValue,
  samples: readonly Sample[],
  models: readonly ModelValue[],
  options: AdviseOptions,
  context: NodeContext,
): Promise<AdviceValue> {
  const started = performance.now()
  const { pictures, minutes } = options
  const most = minutes === 0 ? pictures : await affordableImages(images, samples, models, options, context)
  const looked = lookAt(images, samples, most)
  const part = wholeProgress(context)
  const { passes, heads } = options.tryFineTuning ? sharesWithTrying : shares
  const asked =
    looked.samples.length === 0 ? [] : await askAll(models, looked, (from, to) => part(passes * from, passes * to))
  const copies = await copiesOf(asked[0], looked.samples, context.signal)
  const subject = subjectOf(looked, tiedImages(looked.samples, copies.tied).map(String), options.seed)
  const networks = subject === null ? [] : await measureAll(asked, subject, options.seed, part(passes, heads))
  const common = { looked, images, asked, copies, options, context: part(heads, 1) }
  const told = subject === null ? await tellNothing(common) : await tellMeasured({ ...common, subject, networks })
  const seconds = (performance.now() - started) / 1000
  return { ...told, method: { ...told.method, seconds } }
}

async function askAll(
  models: readonly ModelValue[],
  looked: LookedAt,
  part: (from: number, to: number) => NodeContext,
): Promise<readonly Asked[]> {
  const asked: Asked[] = []
  for (const [index, model] of models.entries()) {
    const context = part(index / models.length, (index + 1) / models.length)
    const { source } = model.network.provenance
    const same = asked.filter(({ model: other }) => other.network.provenance.source === source).length
    const features = await readNetworkFeatures(model, looked.samples, looked.classNames, context)
    const id = same === 0 ? source : `${source} ${same + 1}`
    asked.push({ id, model, features, alikeness: openAlikeness(features) })
  }
  return asked
}

/** Only the stages that are asked about again are kept: each is a number for every pair of images. */
function openAlikeness(features: NetworkFeatures): Asked['alikeness'] {
  const last = features.stages.length - 1
  const known = new Map<number, Alikeness>()
  return (stage) => {
    const found = known.get(stage) ?? alikenessOf(features, must(features.stages[stage], 'a stage'))
    if (stage === last || stage === Math.floor(last / 2)) known.set(stage, found)
    return found
  }
}

async function copiesOf(asked: Asked | undefined, samples: readonly Sample[], signal: AbortSignal): Promise<Copies> {
  if (asked === undefined) return { pairs: [], tied: [], byPixels: false }
  const last = asked.features.stages.length - 1
  const alikeness = { last: asked.alikeness(last), middle: asked.alikeness(Math.floor(last / 2)) }
  return copiesAmong(samples, alikeness, signal)
}

async function measureAll(
  asked: readonly Asked[],
  subject: Subject,
  seed: number,
  context: NodeContext,
): Promise<readonly MeasuredNetwork[]> {
  const steps = asked.reduce((sum, { features }) => sum + features.stages.length, 0)
  const progress = progressOf(context, 'steps')
  let done = 0
  const networks: MeasuredNetwork[] = []
  for (const { id, model, features, alikeness } of asked)
    networks.push(
      await measureNetwork(id, model.network, features, {
        ...{ subject, alikeness, seed },
        engine: context.engines.forward,
        load: (network) => loadModelTensors({ kind: 'model', network }, context.store),
        breathe: createBreather(context.signal),
        onStep: () => progress(done++, steps),
      }),
    )
  progress(steps, steps)
  return networks
}

interface Common {
  readonly looked: LookedAt
  readonly images: DatasetValue
  readonly asked: readonly Asked[]
  readonly copies: Copies
  readonly options: AdviseOptions
  readonly context: NodeContext
}

async function tellNothing(common: Common): Promise<AdviceValue> {
  const unknowns = unknownsOf(common.looked, null, { beatsGuessing: true, solved: true })
  const words = firstStep(unknowns[0]?.code)
  return {
    ...(await factsOf(common, null)),
    ...{ position: null, profiles: [], candidates: [], curve: null, textbook: null, guessing: null, unknowns },
    recommendation: noRecommendation(words),
  }
}

async function tellMeasured(
  common: Common & { readonly subject: Subject; readonly networks: readonly MeasuredNetwork[] },
): Promise<AdviceValue> {
  const { subject, networks, looked, images, options, context } = common
  const classes = subject.classes.length
  const { measured, chosen, points } = await chooseAmong(networks, subject, options.seed)
  const isTried = options.tryFineTuning
  const dear = await dearOnes({ networks, subject, chosen, pictures: looked.samples.length, isTried, context })
  const candidates = [
    ...measured.toSorted((a, b) => meanOf(b.hits) - meanOf(a.hits)).map(({ hits: _, way: __, ...rest }) => rest),
    ...dear,
  ]
  const own = must(
    networks.find(({ id }) => id === chosen.network),
    'the network of the candidate',
  )
  const position = positionOf(own, jointHits(measured, own.id), images.countPerClass, subject, options.seed)
  const textbook = position === null ? null : textbookOf(position, candidates, measured, chosen)
  const guessing = guessingOf(subject)
  return {
    ...(await factsOf(common, { subject, chosen })),
    ...{ position, candidates, textbook, guessing },
    profiles: networks.map(({ profile }) => profile),
    curve: learningCurveOf(chosen.id, points, chosen.way.head, subject, options.seed),
    recommendation: recommend({
      ...{ chosen, measured, dear, textbook, classes },
      networks: networks.length,
      guessing: guessing.value,
    }),
    unknowns: unknownsOf(looked, subject, {
      beatsGuessing: (chosen.accuracy?.low ?? 0) > guessing.value,
      solved: chosen.way.head.solved,
    }),
  }
}

/** What was measured, what of it is recommended, and how that one learns. */
async function chooseAmong(
  networks: readonly MeasuredNetwork[],
  subject: Subject,
  seed: number,
): Promise<{
  readonly measured: readonly MeasuredCandidate[]
  readonly chosen: MeasuredCandidate
  readonly points: readonly CurveHits[]
}> {
  const found = networks.flatMap((network) => measuredCandidates(network, subject.classes.length))
  const { id, way } = must(chooseCandidate(found), 'a candidate')
  const points = await measureCurve(way.head, subject, seed)
  const remaining = leastRemaining(points, subject.rows.length)
  const measured = found.map((candidate) => taughtByAll(candidate, remaining))
  const chosen = must(
    measured.find((candidate) => candidate.id === id),
    'the chosen one',
  )
  return { measured, chosen, points }
}

const jointHits = (measured: readonly MeasuredCandidate[], id: string): Float64Array | null =>
  measured.find(
    ({ network, features, cut, recipe }) => network === id && features === 'all' && cut === null && recipe === 'probe',
  )?.hits ?? null

interface Measured {
  readonly subject: Subject
  readonly chosen: MeasuredCandidate
}

/** What the advice says whether something could be measured or not. */
async function factsOf(
  { looked, images, asked, copies, context }: Common,
  measured: Measured | null,
): Promise<Pick<AdviceValue, 'kind' | 'data' | 'method' | 'networks' | 'findings'>> {
  const network = asked.find(({ id }) => id === measured?.chosen.network)
  const input = {
    ...{ looked, ...copies, countPerClass: images.countPerClass },
    measured:
      measured === null || network === undefined
        ? null
        : {
            subject: measured.subject,
            head: measured.chosen.way.head,
            alikeness: network.alikeness(network.features.stages.length - 1),
          },
  }
  return {
    kind: 'advice',
    data: {
      name: images.name,
      folder: images.root ?? null,
      classNames: images.classNames,
      countPerClass: looked.classNames.map((_, label) => looked.labels.filter((other) => other === label).length),
      pictures: looked.samples.length,
      sealed: looked.sealed,
      unlabelled: looked.unlabelled,
    },
    method: methodOf(measured, context),
    networks: asked.map(({ id, model, features }) => ({
      id,
      title: titleOf(model.network),
      source: model.network.provenance.source,
      ...sizeOf(features.trunk),
      inputSize: model.network.preprocessing.height,
      classes: model.network.head?.names.length ?? null,
      computed: features.computed,
      cached: features.cached,
      seconds: features.seconds,
    })),
    findings: await showFindings(
      findings.flatMap((find) => find(input)),
      looked,
      context,
    ),
  }
}

function methodOf(measured: Measured | null, { engines }: NodeContext): AdviceValue['method'] {
  const [folds, repeats] = [measured?.subject.foldCount ?? 0, measured?.chosen.way.head.repeats ?? 0]
  return {
    ...{ folds, repeats, seconds: 0, engine: engines.forward.id },
    words:
      measured === null
        ? 'Nothing could be measured.'
        : `Every image was classified by heads that had not seen it, nor a copy that the network can’t tell from it: the images were divided into ${folds} parts${repeats === 1 ? '' : `, in ${repeats} different ways`}, and each part was classified by heads trained on the others. The intervals are meant to hold the accuracy on new images of the same kind in 95 of 100 cases; the upper end allows for what the part that was kept away will add.`,
  }
}

/** Always the most frequent class. */
function guessingOf(subject: Subject): NonNullable<AdviceValue['guessing']> {
  const { labels, classes } = subject
  const counts = classes.map((_, label) => labels.filter((other) => other === label).length)
  const most = counts.indexOf(Math.max(...counts))
  return accuracyEstimate(
    Array.from(labels, (label) => (label === most ? 1 : 0)),
    independentOf(subject),
  )
}
