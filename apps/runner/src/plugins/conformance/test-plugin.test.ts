import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { makePlugin } from '../testing/make-plugin.js'
import type { MadePlugin } from '../testing/make-plugin.js'
import { testPlugin } from './test-plugin.js'

const exampleOf = (name: string): string =>
  fileURLToPath(new URL(`../../../../../examples/plugins/${name}`, import.meta.url))
const oneExample = JSON.stringify({ examples: [{ node: 'gives' }] })

describe('the conformance kit', () => {
  it.each(['image-list', 'class-costs'])('finds no fault in the example %s', async (name) => {
    const results = await testPlugin(exampleOf(name))
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(results.filter(({ outcome }) => outcome === 'passed').map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'manifest',
        'loads',
        'documented',
        'examples',
        'params round-trip',
        'deterministic',
        'cancellable',
        'no leaks',
      ]),
    )
  })

  it.each<[string, MadePlugin, readonly string[]]>([
    [
      'is careless',
      { run: 'return { value: Math.random() }', params: 'z.looseObject({})', fields: "doc: 'No.'," },
      ['documented', 'params round-trip', 'deterministic'],
    ],
    [
      'keeps what it computed, and forgot its past',
      {
        before: 'const kept = []',
        run: 'kept.push(Buffer.alloc(500_000, 1)); return { value: 1 }',
        fields: "version: 2, migrations: [{ to: 2, name: 'add nothing', up: (params) => params }],",
      },
      ['no leaks', 'migrations'],
    ],
    [
      'does not stop',
      {
        // The first run of each process is long enough that it is told to stop meanwhile, or before it begins.
        before: 'let runs = 0',
        run: `if (runs++ > 0) return { value: 1 }
          await new Promise((resolve) => {
            const end = setTimeout(resolve, 1500)
            const stay = () => clearTimeout(end)
            if (context.signal.aborted) stay()
            context.signal.addEventListener('abort', stay)
          })
          return { value: 1 }`,
      },
      ['cancellable'],
    ],
    ['calls process.exit', { run: 'process.exit(0)' }, ['deterministic', 'cancellable', 'no leaks']],
    [
      'changes its params when they are parsed again',
      {
        params:
          "z.strictObject({ n: z.number().default(0).transform((n) => n + 1).meta({ title: 'N', description: 'N.' }) })",
        run: 'process.exit(0)',
      },
      ['params round-trip', 'deterministic', 'cancellable', 'no leaks'],
    ],
  ])('finds the faults of a plugin that %s', async (_what, made, faults) => {
    const results = await testPlugin(makePlugin('faulty', { ...made, files: { 'conformance.json': oneExample } }), {
      limits: { abortMilliseconds: 3000 },
      // Many runs, however slow, where a leak has to show.
      leakMilliseconds: faults.includes('no leaks') ? 60_000 : 2000,
    })
    expect(results.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)).toEqual(faults)
  })

  it('wants an example of every node', async () => {
    const results = await testPlugin(makePlugin('untested'))
    expect(results.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)).toEqual(['examples'])
  })
})
