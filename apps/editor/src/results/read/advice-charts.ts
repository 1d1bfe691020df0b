import type { AdviceCandidate, Estimate, LearningCurve, ProfileCut, TransferProfile } from '@graft/graph-schema'
import type { ChartModel, Series } from '../../charts/chart-model.js'

type Look = Pick<Series, 'id' | 'name' | 'color' | 'dashed'> & Pick<Series, 'dotted'>
type Placed = readonly [x: number, estimate: Estimate]

const methods: readonly (Look & { readonly id: 'probe' | 'allStages' | 'neighbours' })[] = [
  { id: 'probe', name: 'head on this stage', color: 1, dashed: false },
  { id: 'allStages', name: 'head on all stages up to here', color: 2, dashed: true },
  { id: 'neighbours', name: 'nearest neighbours', color: 3, dashed: false, dotted: true },
]

/**
 * Accuracy at every place where a network can be cut, with intervals.
 * @param recommended the candidate whose cut is marked, where it is of this network
 */
export function profileChart({ network, cuts }: TransferProfile, recommended: AdviceCandidate | undefined): ChartModel {
  const mark =
    recommended?.network === network
      ? recommended.cut === null
        ? cuts.length - 1
        : cuts.findIndex(({ stage }) => stage === recommended.cut)
      : -1
  return {
    id: `profile ${network}`,
    title: 'Accuracy by where the network is cut',
    kind: 'share',
    axis: 'after',
    places: cuts.map(({ stage }) => stage),
    phases: [],
    series: methods.flatMap((look) => seriesOf(look, measuredBy(cuts, look.id))),
    ...(mark >= 0 && { mark: { at: mark, text: 'recommended' } }),
  }
}

const measuredBy = (cuts: readonly ProfileCut[], method: (typeof methods)[number]['id']): readonly Placed[] =>
  cuts.flatMap((cut, index): readonly Placed[] => {
    const estimate = cut[method]
    return estimate === null ? [] : [[index, estimate]]
  })

/** What was measured of subsets, and what is expected of more pictures, which goes on from the last point measured. */
export function learningChart({ points }: LearningCurve): ChartModel {
  const ordered = points.toSorted((a, b) => a.pictures - b.pictures)
  const placed = (some: typeof points): readonly Placed[] => some.map(({ pictures, accuracy }) => [pictures, accuracy])
  const measured = ordered.filter((point) => point.measured)
  const expected = ordered.filter((point) => !point.measured)
  return {
    id: 'learning',
    title: 'Accuracy by how many images it learns from',
    kind: 'share',
    axis: 'images',
    phases: [],
    series: [
      ...seriesOf({ id: 'measured', name: 'measured', color: 1, dashed: false }, placed(measured)),
      ...(expected.length === 0
        ? []
        : seriesOf(
            { id: 'expected', name: 'expected', color: 2, dashed: true },
            placed([...measured.slice(-1), ...expected]),
          )),
    ],
  }
}

const seriesOf = (look: Look, placed: readonly Placed[]): readonly Series[] =>
  placed.length === 0
    ? []
    : [
        {
          ...look,
          faint: false,
          points: placed.map(([x, { value }]) => [x, value] as const),
          band: placed.map(([, { low, high }]) => [low, high] as const),
        },
      ]
