import type { RunState } from '@graft/graph-schema'

/** Lines of the log that say why each node was reused, or run again, as the command line says it. */
export function reasonsOf({ nodes }: Pick<RunState, 'nodes'>): RunState['logs'] {
  return Object.entries(nodes).flatMap(([node, { status, reason }]) =>
    reason === undefined
      ? []
      : [
          {
            sequence: -1,
            time: '',
            node,
            level: 'info' as const,
            message: status === 'cached' ? `Reused: ${reason}` : `Run: ${reason}`,
          },
        ],
  )
}
