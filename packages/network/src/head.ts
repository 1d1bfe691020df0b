import { z } from 'zod'
import type { Head } from './network.js'

/** `Head` as it stands in files and stored documents. */
export const headSchema = z.object({
  task: z.string().min(1),
  names: z.array(z.string()).readonly(),
  thresholds: z.array(z.number().min(0).max(1)).readonly().exactOptional(),
})

/** The head of a classifier that says nothing of its task, as those of other programs: one class per image. */
export const classifierHead = (names: readonly string[]): Head => ({ task: 'single-label', names })

/** A network as it is today, from the JSON of one that had `classNames` (Graft 0.1); anything else stays as it is. */
export function upgradeNetwork(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || 'head' in json || !('classNames' in json)) return json
  const { classNames, ...network } = json
  return { ...network, head: Array.isArray(classNames) ? classifierHead(classNames as string[]) : null }
}
