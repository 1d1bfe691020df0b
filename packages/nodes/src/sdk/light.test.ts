import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** What a plugin's process loads with the SDK, and may read; see `graftFiles` in the runner's plugins/host/launch.ts. */
const light = ['@graft/errors', '@graft/graph-schema', 'node:crypto', 'node:path', 'zod']

it('the SDK loads no tensors, engines or image library, which plugins may not read and would wait for', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const loaded = files.flatMap((name) => {
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
    return [...text.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^.'][^']*)'/gm)].map(([, from]) => from ?? '')
  })
  expect(loaded).toContain('zod')
  expect([...new Set(loaded)].filter((from) => !light.includes(from))).toEqual([])
})
