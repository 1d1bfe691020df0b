import type { NetworkSummary, TransferProfile } from '@graft/graph-schema'
import { useEffect, useMemo } from 'react'
import { editor, getDocument, useDocument, useEditor, useManifests } from '../../document/store.js'
import { useRunState } from '../../run/run-store.js'
import { createSideRun, noRun } from '../../run/side-run.js'
import type { SideRunView } from '../../run/side-run.js'
import { createStore, useStoreValue } from '../../ui/store/create-store.js'
import { graphForProfile, subjectOf } from './graph-for-profile.js'
import type { PartialGraph } from './graph-for-profile.js'
import { cutsFor, keepProfiles, measuredProfiles, profilesOf } from './known-profiles.js'
import type { StageCuts } from './known-profiles.js'

export interface NetworkProfile {
  /** What a cut after each stage is worth; null: not measured yet. */
  readonly cuts: StageCuts | null
  /** Measures it; null: there is nothing to measure with. */
  readonly measure: (() => void) | null
  readonly run: SideRunView
  readonly stop: () => void
}

const none: readonly TransferProfile[] = []

/** Goes on while other nodes are looked at. */
const measuring = createSideRun()
measuring.subscribe(() => {
  const { state } = measuring.get()
  if (state?.status === 'succeeded') keepProfiles(profilesOf(state.nodes))
})
/** What is being measured, for forms of other networks and graphs not to show it as theirs. */
const subject = createStore<{ readonly key: string | null }>({ key: null })
const keyOf = (opened: number, graph: PartialGraph): string => `${opened} ${subjectOf(graph)}`
const wholeRun = (view: SideRunView): SideRunView => view

/**
 * The transfer profile of the network that arrives at a node: of the advice in the open graph's last run, or one that
 * was measured on this page before.
 */
export function useProfile(nodeId: string, network: Pick<NetworkSummary, 'stages'> | null): NetworkProfile {
  const document = useDocument()
  const manifests = useManifests()
  const nodes = useRunState()?.nodes
  const measured = useStoreValue(measuredProfiles, ({ profiles }) => profiles)
  const run = useStoreValue(measuring, wholeRun)
  const found = useMemo(() => (nodes === undefined ? none : profilesOf(nodes)), [nodes])
  // The next run of the graph may be one without the advisor.
  useEffect(() => keepProfiles(found), [found])
  const cuts = useMemo(
    () => (network === null ? null : cutsFor(network, [...found, ...measured])),
    [network, found, measured],
  )
  const opened = useEditor((state) => state.opened)
  const own = useMemo(() => {
    const graph = graphForProfile(document, nodeId, manifests)
    return graph === null ? null : keyOf(opened, graph)
  }, [opened, document, nodeId, manifests])
  const isOwn = useStoreValue(subject, ({ key }) => key) === own
  const measure = (): void => {
    const graph = graphForProfile(getDocument(), nodeId, manifests)
    if (graph === null) return
    subject.set({ key: keyOf(editor.get().opened, graph) })
    measuring.start(graph)
  }
  return { cuts, measure: own === null ? null : measure, run: isOwn ? run : noRun, stop: measuring.stop }
}
