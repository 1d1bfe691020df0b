import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Port } from '@graft/graph-schema'
import { defineNode, NodeError } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { z } from 'zod'

const port = (options: Partial<Port> = {}): Port => ({
  kind: 'number',
  title: 'Number',
  description: 'A number.',
  ...options,
})
const asNumbers = z.array(z.number())

const constant = defineNode({
  type: 'constant',
  version: 1,
  title: 'Constant',
  category: 'Data',
  doc: 'Gives a number.',
  inputs: {},
  outputs: { value: port() },
  params: z.strictObject({ value: z.number().default(1) }),
  run: async ({ params }) => ({ value: params.value }),
})

const sum = defineNode({
  type: 'sum',
  version: 1,
  title: 'Sum',
  category: 'Model',
  doc: 'Adds numbers.',
  inputs: { terms: port({ multiple: true, optional: true }) },
  outputs: { value: port() },
  params: z.strictObject({ plus: z.number().min(-1000).max(1000).default(0) }),
  run: async ({ params, inputs }) => ({
    value: asNumbers.parse(inputs.terms).reduce((total, term) => total + term, params.plus),
  }),
})

/** Wired like Train: one input, and results that depend on the engine. */
const engineNode = defineNode({
  type: 'engine-node',
  version: 1,
  title: 'Engine node',
  category: 'Training',
  doc: 'Names the engine.',
  inputs: { value: port() },
  outputs: { value: port() },
  params: z.strictObject({}),
  usesEngine: true,
  run: async ({ inputs }) => ({ value: inputs.value }),
})

const fileLength = defineNode({
  type: 'file-length',
  version: 1,
  title: 'File length',
  category: 'Data',
  doc: 'Reads a file.',
  inputs: {},
  outputs: { value: port() },
  params: z.strictObject({ path: z.string() }),
  fingerprint: async ({ path }, { resolvePath }) => readFile(resolvePath(path), 'utf8'),
  reads: async ({ path }, { resolvePath }) => [resolvePath(path)],
  run: async ({ params, context }) => ({ value: (await readFile(context.resolvePath(params.path))).byteLength }),
})

const failing = defineNode({
  type: 'failing',
  version: 1,
  title: 'Failing',
  category: 'Model',
  doc: 'Fails.',
  inputs: { value: port({ optional: true }) },
  outputs: { value: port() },
  params: z.strictObject({ how: z.enum(['node', 'unexpected', 'not-json', 'no-output', 'crash']).default('node') }),
  run: async ({ params }) => {
    if (params.how === 'node') throw new NodeError('how', 'It was told to fail.', 'Tell it something else.')
    if (params.how === 'unexpected') throw new RangeError('index 7 of 3')
    if (params.how === 'crash') process.kill(process.pid, 'SIGKILL')
    return (params.how === 'not-json' ? { value: Number.NaN } : {}) as { value: number }
  },
})

/** Tells how far it is, then waits until it is told to go on (`release`) or to stop. */
const waiting = defineNode({
  type: 'waiting',
  version: 1,
  title: 'Waiting',
  category: 'Training',
  doc: 'Waits.',
  inputs: { value: port({ optional: true }) },
  outputs: { value: port() },
  params: z.strictObject({
    stubborn: z.boolean().default(false),
    /** Goes on telling while it waits, as a training does. */
    talks: z.boolean().default(false),
  }),
  run: async ({ params, context }) => {
    context.emit({ type: 'node-progress', done: 1, total: 2, unit: 'steps', etaSeconds: null })
    context.emit({ type: 'metric', name: 'loss', split: 'train', phase: 'head', epoch: 1, step: 1, value: 0.5 })
    for (;;) {
      if (!params.stubborn) context.signal.throwIfAborted()
      if (params.talks) context.emit({ type: 'log', level: 'info', message: 'Still here.' })
      await new Promise((resolve) => setTimeout(resolve, params.talks ? 100 : 5))
    }
  },
})

/** Adds up its steps, keeping its state after each, and says where it went on from. */
const counting = defineNode({
  type: 'counting',
  version: 1,
  title: 'Counting',
  category: 'Training',
  doc: 'Counts.',
  inputs: { value: port({ optional: true }) },
  outputs: { value: port() },
  params: z.strictObject({
    steps: z.number().default(20),
    pause: z.number().default(10),
    seed: z.number().default(1),
    /** The last step is not taken before this file is there; empty: at once. */
    heldBy: z.string().default(''),
  }),
  usesEngine: true,
  run: async ({ params: { steps, pause, seed, heldBy }, context: { checkpoints, emit, signal } }) => {
    const state = { step: 0, sum: seed }
    const saved = await checkpoints?.load()
    if (saved) Object.assign(state, JSON.parse(new TextDecoder().decode(saved)))
    if (state.step > 0) emit({ type: 'log', level: 'info', message: `Going on from a checkpoint: step ${state.step}.` })
    while (state.step < steps) {
      signal.throwIfAborted()
      await new Promise((resolve) => setTimeout(resolve, pause))
      if (state.step === steps - 1 && heldBy !== '' && !existsSync(heldBy)) continue
      state.step += 1
      state.sum = (state.sum * 31 + state.step) % 1_000_003
      emit({ type: 'node-progress', done: state.step, total: steps, unit: 'steps', etaSeconds: null })
      if (checkpoints?.isDue()) await checkpoints.save(new TextEncoder().encode(JSON.stringify(state)))
    }
    return { value: state.sum }
  },
})

const write = defineNode({
  type: 'write',
  version: 1,
  title: 'Write',
  category: 'Output',
  doc: 'Writes a number to a file. Comes last.',
  isOutput: true,
  inputs: { value: port() },
  outputs: { file: port({ kind: 'file' }) },
  params: z.strictObject({ name: z.string().default('number.txt') }),
  run: async ({ params, inputs, context }) => {
    context.emit({ type: 'log', level: 'warning', message: 'The number was rounded.' })
    const blob = await context.store.put(new TextEncoder().encode(String(inputs.value)), 'text/plain', params.name)
    return { file: { kind: 'file', blob } }
  },
})

/** Node types for tests of everything that runs graphs; none of them needs an engine. */
export const stubLibrary: readonly NodeDefinition[] = [
  constant,
  sum,
  engineNode,
  fileLength,
  failing,
  waiting,
  counting,
  write,
]
