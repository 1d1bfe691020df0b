import type { AdviceValue, GraphDocument } from '@graft/graph-schema'
import { textOf } from '@graft/errors'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useIsHere } from '../forms/choose-network/use-is-here.js'
import { useManifests } from '../document/store.js'
import { graphForLook, lookNode } from '../photos/graphs/graph-for-look.js'
import { useNetworks } from '../photos/use-networks.js'
import type { Networks } from '../photos/use-networks.js'
import { networkNamedIn, usePhotosGraph } from '../photos/template-graph.js'
import { resultsOf } from '../results/read/run-results.js'
import { createSideRun } from '../run/side-run.js'
import type { SideRunView } from '../run/side-run.js'
import { draftIdOf } from '../session/address.js'
import { useStoreValue } from '../ui/store/create-store.js'

export type LookStage = 'choose' | 'network' | 'measuring' | 'failed' | 'answer'

export interface LookRun {
  readonly stage: LookStage
  readonly networks: Networks
  /** The network that looks at the pictures. */
  readonly source: string | null
  /** Is it on this machine? Null: not known yet. */
  readonly isHere: boolean | null
  readonly run: SideRunView
  /** What runs, and under which draft its run is kept; null before. */
  readonly started: { readonly document: GraphDocument; readonly draft: string } | null
  readonly advice: AdviceValue | null
  /** Why it didn't come to an answer. */
  readonly failure: { readonly message: string; readonly fix: string } | null
  readonly start: () => void
  /** Looks once more, with this network as well. */
  readonly compareWith: (source: string) => void
  /** Looks once more, and fine-tunes for a few epochs; null: that was done. */
  readonly tryFineTuning: (() => void) | null
}

/**
 * Looks at a folder of pictures with one network, by running the graph that does it. Starts by itself when the folder
 * is known and the network is at hand; a network that has to be fetched is asked for first.
 */
export function useLookRun(path: string | null, network: string | null): LookRun {
  const manifests = useManifests()
  const { graph, failure: noGraph, again: askAgain } = usePhotosGraph()
  const networks = useNetworks(networkNamedIn(graph, manifests))
  const source = network ?? networks.suggested
  const isSuggested = networks.list.length > 0 || networks.failure !== null
  // Until the networks are known, the suggestion may still change.
  const isHere = useIsHere(network !== null || isSuggested ? source : null)
  const [side] = useState(createSideRun)
  const run = useStoreValue(side, wholeRun)
  useEffect(() => side.stop, [side])
  const [problem, setProblem] = useState<string | null>(null)
  const [started, setStarted] = useState<LookRun['started']>(null)
  const [also, setAlso] = useState<readonly string[]>([])
  const [tries, setTries] = useState(false)
  const launch = side.start
  const startWith = useCallback(
    (others: readonly string[], tried: boolean): void => {
      if (path === null || source === null || graph === null) return
      setProblem(null)
      setAlso(others)
      setTries(tried)
      try {
        const document = graphForLook(
          graph,
          { path, networks: [...new Set([source, ...others])], tries: tried },
          manifests,
        )
        const draft = draftIdOf(null)
        setStarted({ document, draft })
        launch({ document, draft, to: lookNode })
      } catch (error) {
        setProblem(textOf(error))
      }
    },
    [path, source, graph, manifests, launch],
  )
  // Without a graph nothing can be started; once it comes, the look begins by itself.
  const start = useCallback(
    (): void => (noGraph === null ? startWith(also, tries) : askAgain()),
    [noGraph, startWith, also, tries, askAgain],
  )
  useStartOnce(path !== null && graph !== null && manifests.size > 0 ? isHere : null, path, start)
  const forget = useCallback((): void => {
    setStarted(null)
    setAlso([])
    setTries(false)
    setProblem(null)
  }, [])
  useForgetWithFolder(path, side.stop, forget)
  const outputs = run.state?.nodes
  const advice = useMemo(
    () => (run.state?.status === 'succeeded' ? (resultsOf(outputs ?? {}).advice[0]?.advice ?? null) : null),
    [run.state?.status, outputs],
  )
  const failure = failureOf(problem ?? noGraph, run, advice)
  return {
    stage: stageOf({ path, failure, advice, started, isHere }),
    ...{ networks, source, isHere, run, started, advice, failure, start },
    compareWith: (other) => startWith([...also, other], tries),
    tryFineTuning: tries ? null : () => startWith(also, true),
  }
}

const wholeRun = (view: SideRunView): SideRunView => view

function stageOf({
  path,
  failure,
  advice,
  started,
  isHere,
}: Pick<LookRun, 'failure' | 'advice' | 'started' | 'isHere'> & { readonly path: string | null }): LookStage {
  if (path === null) return 'choose'
  if (failure !== null) return 'failed'
  if (advice !== null) return 'answer'
  return started === null && isHere === false ? 'network' : 'measuring'
}

function failureOf(problem: string | null, run: SideRunView, advice: AdviceValue | null): LookRun['failure'] {
  if (problem !== null) return { message: problem, fix: '' }
  if (run.failure !== null) return run.failure
  return run.state?.status === 'succeeded' && advice === null
    ? {
        message: 'The run ended without advice that this page can read.',
        fix: 'Reload the page: it may be older than the server.',
      }
    : null
}

/**
 * A folder begins to be looked at by itself, once. Where the network has to be fetched first, the person decides which,
 * and the button begins it.
 * @param isHere null: not to be decided yet
 */
function useStartOnce(isHere: boolean | null, path: string | null, start: () => void): void {
  const decided = useRef<string | null>(null)
  useEffect(() => {
    if (path === null) decided.current = null
    if (isHere === null || decided.current === path) return
    decided.current = path
    if (isHere) start()
  }, [isHere, path, start])
}

/** Another folder is another question. */
function useForgetWithFolder(path: string | null, cancel: () => void, forget: () => void): void {
  useEffect(() => {
    if (path !== null) return
    cancel()
    forget()
  }, [path, cancel, forget])
}
