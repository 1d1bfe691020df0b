import type { AdviceValue, GraphDocument } from '@graft/graph-schema'
import { textOf } from '@graft/errors'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useCall } from '../api/use-call.js'
import { useManifests } from '../document/store.js'
import { graphForLook, lookNode } from '../photos/graphs/graph-for-look.js'
import { useNetworks } from '../photos/use-networks.js'
import type { Networks } from '../photos/use-networks.js'
import { listTemplates, networkNamedIn, useTemplateGraph } from '../photos/template-graph.js'
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
  /** Is it on this machine? */
  readonly isAtHand: boolean
  readonly run: SideRunView
  /** What runs, and under which draft its run is kept; null before. */
  readonly started: { readonly document: GraphDocument; readonly draft: string } | null
  readonly advice: AdviceValue | null
  /** Why it didn't come to an answer. */
  readonly failure: { readonly message: string; readonly fix: string } | null
  readonly start: () => void
  /** Looks once more, with this network as well. */
  readonly compareWith: (source: string) => void
}

/**
 * Looks at a folder of pictures with one network, by running the graph that does it. Starts by itself when the folder is
 * known and the network is at hand; a network that has to be fetched is asked for first.
 */
export function useLookRun(path: string | null, network: string | null): LookRun {
  const manifests = useManifests()
  const templates = useCall(listTemplates)
  const photos = templates.status === 'ready' ? templates.value.templates.find(({ needsPhotos }) => needsPhotos) : null
  const graph = useTemplateGraph(photos?.id ?? null)
  const networks = useNetworks(networkNamedIn(graph, manifests))
  const source = network ?? networks.suggested
  const isAtHand = networks.list.some((known) => known.source === source)
  const [side] = useState(createSideRun)
  const run = useStoreValue(side, wholeRun)
  useEffect(() => side.stop, [side])
  const [problem, setProblem] = useState<string | null>(null)
  const [started, setStarted] = useState<LookRun['started']>(null)
  const [also, setAlso] = useState<readonly string[]>([])
  const launch = side.start
  const startWith = useCallback(
    (others: readonly string[]): void => {
      if (path === null || source === null || graph === null) return
      setProblem(null)
      setAlso(others)
      try {
        const document = graphForLook(graph, { path, networks: [...new Set([source, ...others])] }, manifests)
        const draft = draftIdOf(null)
        setStarted({ document, draft })
        launch({ document, draft, to: lookNode })
      } catch (error) {
        setProblem(textOf(error))
      }
    },
    [path, source, graph, manifests, launch],
  )
  const start = useCallback((): void => startWith(also), [startWith, also])
  useStartOnce(path !== null && graph !== null && manifests.size > 0 && isAtHand, path, start)
  const forget = useCallback((): void => {
    setStarted(null)
    setAlso([])
  }, [])
  useForgetWithFolder(path, side.stop, forget)
  const outputs = run.state?.nodes
  const advice = useMemo(
    () => (run.state?.status === 'succeeded' ? (resultsOf(outputs ?? {}).advice[0]?.advice ?? null) : null),
    [run.state?.status, outputs],
  )
  const failure = failureOf(problem, run, advice, templates.status === 'failed' ? templates.error.message : null)
  return {
    stage: stageOf({ path, failure, advice, started, isKnown: networks.list.length > 0, isAtHand }),
    ...{ networks, source, isAtHand, run, started, advice, failure, start },
    compareWith: (other) => startWith([...also, other]),
  }
}

const wholeRun = (view: SideRunView): SideRunView => view

function stageOf({
  path,
  failure,
  advice,
  started,
  isKnown,
  isAtHand,
}: Pick<LookRun, 'failure' | 'advice' | 'started' | 'isAtHand'> & {
  readonly path: string | null
  readonly isKnown: boolean
}): LookStage {
  if (path === null) return 'choose'
  if (failure !== null) return 'failed'
  if (advice !== null) return 'answer'
  return started === null && isKnown && !isAtHand ? 'network' : 'measuring'
}

function failureOf(
  problem: string | null,
  run: SideRunView,
  advice: AdviceValue | null,
  templates: string | null,
): LookRun['failure'] {
  const message = problem ?? templates
  if (message !== null) return { message, fix: '' }
  if (run.failure !== null) return run.failure
  return run.state?.status === 'succeeded' && advice === null
    ? {
        message: 'The run ended without advice that this page can read.',
        fix: 'Reload the page: it may be older than the server.',
      }
    : null
}

/** A folder begins to be looked at once; what a person changes afterwards waits for the button. */
function useStartOnce(canStart: boolean, path: string | null, start: () => void): void {
  const last = useRef<string | null>(null)
  useEffect(() => {
    if (!canStart || last.current === path) return
    last.current = path
    start()
  }, [canStart, path, start])
  useEffect(() => {
    if (path === null) last.current = null
  }, [path])
}

/** Another folder is another question. */
function useForgetWithFolder(path: string | null, cancel: () => void, forget: () => void): void {
  useEffect(() => {
    if (path !== null) return
    cancel()
    forget()
  }, [path, cancel, forget])
}
