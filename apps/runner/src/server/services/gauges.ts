import type { Counters, formatMetrics } from './metrics.js'
import type { Services } from './services.js'

/** What `/metrics` shows of a server. */
export function gauges(
  { runs, supervisor, machines, memory: budget }: Services,
  counters: Counters,
  sockets: number,
  watched: number,
): Parameters<typeof formatMetrics>[0] {
  const memory = process.memoryUsage()
  return [
    {
      name: 'graft_http_responses_total',
      help: 'Answers by status.',
      type: 'counter',
      values: [...counters.responses].map(([status, value]) => ({ labels: { status: String(status) }, value })),
    },
    {
      name: 'graft_events_total',
      help: 'Run events written by this process.',
      type: 'counter',
      values: [{ value: counters.events }],
    },
    {
      name: 'graft_runs',
      help: 'Runs by status.',
      type: 'gauge',
      values: Object.entries(runs.counts()).map(([status, value]) => ({ labels: { status }, value })),
    },
    {
      name: 'graft_active_runs',
      help: 'Runs that this process looks after.',
      type: 'gauge',
      values: [{ value: supervisor.activeRuns }],
    },
    {
      name: 'graft_workers',
      help: 'Workers on other machines that take runs.',
      type: 'gauge',
      values: [{ value: machines.connected() }],
    },
    {
      name: 'graft_live_connections',
      help: 'Open WebSocket connections.',
      type: 'gauge',
      values: [{ value: sockets }],
    },
    { name: 'graft_watched_runs', help: 'Runs that someone watches.', type: 'gauge', values: [{ value: watched }] },
    {
      name: 'graft_memory_budget_bytes',
      help: 'What caches may take in memory: those of this process together, and those of each run.',
      type: 'gauge',
      values: [{ value: budget.limit }],
    },
    {
      name: 'graft_memory_cache_bytes',
      help: 'What caches of this process take in memory.',
      type: 'gauge',
      values: ['events', 'sample-lists'].map((cache) => ({
        labels: { cache },
        value: budget.byCache().get(cache) ?? 0,
      })),
    },
    { name: 'process_resident_memory_bytes', help: 'Resident memory.', type: 'gauge', values: [{ value: memory.rss }] },
    {
      name: 'process_heap_bytes',
      help: 'JavaScript heap in use.',
      type: 'gauge',
      values: [{ value: memory.heapUsed }],
    },
    {
      name: 'process_uptime_seconds',
      help: 'Since the start.',
      type: 'gauge',
      values: [{ value: Math.round(process.uptime()) }],
    },
  ]
}
