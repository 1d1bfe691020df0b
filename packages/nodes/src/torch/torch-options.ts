import { EngineError } from '@graft/engines'
import { z } from 'zod'

export const precisions = ['float32', 'bfloat16', 'float16'] as const

/** How many processes train together, and where the others are. */
const schema = z.strictObject({
  /** On this machine. */
  processes: z.int().min(1).max(1024).default(1),
  /** Machines that run the same command. */
  nodes: z.int().min(1).max(4096).default(1),
  /** Which of them this is, from 0. */
  nodeRank: z.int().min(0).default(0),
  /** `HOST:PORT` of the first of them. `GRAFT_RENDEZVOUS` stands above it: a run that is resumed may have moved. */
  rendezvous: z
    .string()
    .regex(/^.+:\d+$/, 'HOST:PORT')
    .optional(),
  /** What is computed in; anything but float32 is automatic mixed precision. */
  precision: z.enum(precisions).default('float32'),
})
export type TorchOptions = z.output<typeof schema>

/** Settings that a person or a batch system gave; throws EngineError for what doesn't fit together. */
export function torchOptions(
  given: z.input<typeof schema> = {},
  { GRAFT_RENDEZVOUS: moved }: Readonly<Record<string, string | undefined>> = process.env,
): TorchOptions {
  const parsed = schema.safeParse({ ...given, ...(moved !== undefined && moved !== '' && { rendezvous: moved }) })
  if (!parsed.success)
    throw new EngineError(
      `The processes of the torch engine are not set right: ${z.prettifyError(parsed.error)}`,
      'Give whole numbers for --processes, --nodes and --node-rank, and HOST:PORT for --rendezvous.',
    )
  const { nodes, nodeRank, rendezvous } = parsed.data
  if (nodes > 1 && rendezvous === undefined)
    throw new EngineError(
      `There are ${nodes} machines, but not where they meet.`,
      'Give --rendezvous HOST:PORT on each of them, with a free port of the first (or GRAFT_RENDEZVOUS).',
    )
  if (nodeRank >= nodes)
    throw new EngineError(
      `This is to be machine ${nodeRank} of ${nodes}, and they count from 0.`,
      'Give each machine its own --node-rank below --nodes.',
    )
  return parsed.data
}

/** All processes of a training. */
export const worldSize = ({ processes, nodes }: TorchOptions): number => processes * nodes
