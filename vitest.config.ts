import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Every test, by its path from here. */
const tests = ['packages', 'apps']
  .filter((floor) => existsSync(source(floor)))
  .flatMap((floor) => readdirSync(source(floor)).map((name) => join(floor, name, 'src')))
  .filter((folder) => existsSync(source(folder)))
  .flatMap((folder) =>
    readdirSync(source(folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => join(folder, path)),
  )

/**
 * What a test says that changes or measures what all of its process shares: environment, clocks, modules, globals,
 * memory, listeners. Reading the environment is no harm.
 */
const touchesItsProcess =
  /\bvi\.(mock|doMock|hoisted|resetModules|stub\w+|spyOn|useFakeTimers|setSystemTime)\b|\bprocess\.(on|once|chdir|umask|memoryUsage|exitCode)\b|\bprocess\.env(\.\w+|\[[^\]]+\]) \??=[^=]|\bdelete process\.env|\bglobalThis\b/

const inTheBrowser = tests.filter((path) => path.endsWith('.e2e.test.ts'))
const alone = tests.filter(
  (path) => !inTheBrowser.includes(path) && touchesItsProcess.test(readFileSync(source(path), 'utf8')),
)
const together = tests.filter((path) => !inTheBrowser.includes(path) && !alone.includes(path))

// Tests read the TypeScript sources, so that a stale build can't hide a failure; only worker threads and child
// processes use dist.
const alias = {
  '@graft/errors/testing': source('packages/errors/src/testing.ts'),
  '@graft/errors': source('packages/errors/src/index.ts'),
  '@graft/graph-schema/testing': source('packages/graph-schema/src/testing.ts'),
  '@graft/graph-schema': source('packages/graph-schema/src/index.ts'),
  '@graft/network/node': source('packages/network/src/node.ts'),
  '@graft/network/operators': source('packages/network/src/operators/facts.ts'),
  '@graft/engines/computing-environment': source('packages/engines/src/node/computing-environment.ts'),
  '@graft/engines/conformance': source('packages/engines/src/conformance/index.ts'),
  '@graft/engines/core': source('packages/engines/src/core.ts'),
  '@graft/engines/testing': source('packages/engines/src/testing/index.ts'),
  '@graft/network': source('packages/network/src/index.ts'),
  '@graft/engines': source('packages/engines/src/index.ts'),
  '@graft/nodes/testing': source('packages/nodes/src/testing/index.ts'),
  '@graft/nodes/sdk': source('packages/nodes/src/sdk/index.ts'),
  '@graft/nodes': source('packages/nodes/src/index.ts'),
  '@graft/runner': source('apps/runner/src/index.ts'),
}

/** Where tests take long, longest first: what begins last should be over soon, or one worker waits for the other. */
const longest = ['packages/tests/', 'packages/engines/', 'apps/runner/', 'packages/nodes/', 'packages/network/']

/** Group by group, each from its longest tests on; with GRAFT_TEST_ORDER, any text, in an order of its own. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seed = process.env['GRAFT_TEST_ORDER']
    const place = ({ moduleId }: TestSpecification): string =>
      createHash('sha256').update(`${seed} ${moduleId}`).digest('hex')
    if (seed !== undefined) return files.toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
    const rank = ({ project, moduleId }: TestSpecification): number => {
      const found = longest.findIndex((folder) => moduleId.includes(`/${folder}`))
      return groups.indexOf(project.name) * (longest.length + 1) + (found === -1 ? longest.length : found)
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}

const groups: readonly string[] = ['alone', 'together', 'browser']

/** `isolate: false`: a worker keeps its process and modules from file to file. */
const group = (name: string, include: readonly string[], isolate = true) => ({
  resolve: { alias },
  test: {
    name,
    include: [...include],
    isolate,
    setupFiles: [source('scripts/compare-typed-arrays.mjs')],
    // A hang ends here; what takes a minute by itself takes four where much else computes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks' as const,
  },
})

export default defineConfig({
  test: {
    // Which engine is fastest here must not depend on what else runs; tests that choose by measurement bring their own.
    env: { GRAFT_MEASURE: 'off' },
    globalSetup: ['scripts/own-temporary-folder.mjs'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [group('alone', alone), group('together', together, false), group('browser', inTheBrowser)],
  },
})
