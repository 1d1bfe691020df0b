import { adviceValueSchema } from '@graft/graph-schema'
import type { NetworkSummary, ProfileCut, RunState, TransferProfile } from '@graft/graph-schema'
import { createStore } from '../../ui/store/create-store.js'

interface Staged {
  readonly stages: readonly Pick<NetworkSummary['stages'][number], 'name' | 'parameters'>[]
}

/** Profiles that were measured for forms of this page, apart from the runs of open graphs; the newest first. */
export const measuredProfiles = createStore<{ readonly profiles: readonly TransferProfile[] }>({ profiles: [] })
const kept = 20

export function keepProfiles(profiles: readonly TransferProfile[]): void {
  const before = measuredProfiles.get().profiles
  const added = profiles.filter((profile) => !before.includes(profile))
  if (added.length > 0) measuredProfiles.set({ profiles: [...added, ...before].slice(0, kept) })
}

/** The transfer profiles in what the nodes of a run gave. */
export const profilesOf = (nodes: RunState['nodes']): readonly TransferProfile[] =>
  Object.values(nodes).flatMap(({ outputs = {} }) => Object.values(outputs).flatMap(profilesIn))

/** A run's state is told many times over with the same outputs, and the schema is large. */
const read = new WeakMap<object, readonly TransferProfile[]>()

function profilesIn(output: unknown): readonly TransferProfile[] {
  if (typeof output !== 'object' || output === null || !('kind' in output) || output.kind !== 'advice') return []
  const known = read.get(output)
  if (known !== undefined) return known
  const advice = adviceValueSchema.safeParse(output)
  const profiles = advice.success ? advice.data.profiles : []
  read.set(output, profiles)
  return profiles
}

/** A profile by stage of a network: what a cut after it is worth; null where that was not measured. */
export type StageCuts = readonly (ProfileCut | null)[]

/**
 * The profile that is of this network: its stages have the same names and, added up, the same parameters. A head that
 * was put on since, and stages without a cut, are none of its business. Null: none is.
 */
export function cutsFor({ stages }: Staged, profiles: readonly TransferProfile[]): StageCuts | null {
  for (const { cuts } of profiles) {
    const found = stages.map((stage, index) => {
      const cut = cuts.find((candidate) => candidate.stage === stage.name)
      return cut !== undefined && isClose(cut.parameters, parametersUpTo(stages, index)) ? cut : null
    })
    const others = stages.filter(({ name }, index) => found[index] === null && name !== 'head')
    if (found.some((cut) => cut !== null) && others.length <= 1) return found
  }
  return null
}

const parametersUpTo = (stages: Staged['stages'], last: number): number =>
  stages.slice(0, last + 1).reduce((sum, { parameters }) => sum + parameters, 0)

/** Folding of batch normalisation leaves a few parameters out. */
const isClose = (left: number, right: number): boolean => Math.abs(left - right) <= 0.02 * Math.max(left, right)
