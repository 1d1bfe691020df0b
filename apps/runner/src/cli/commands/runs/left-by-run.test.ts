import type { RunEvent } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { unfinishedIn } from './left-by-run.js'

const event = (type: RunEvent['type'], node: string): RunEvent => ({ type, node }) as unknown as RunEvent

it('is of what had begun and neither finished nor came from an earlier run, also where it failed or was begun again', () => {
  expect(
    unfinishedIn([
      ...[event('node-started', 'images'), event('node-finished', 'images')],
      ...[event('node-started', 'warm'), event('node-failed', 'warm'), event('node-queued', 'report')],
      ...[event('node-cached', 'images'), event('node-started', 'warm'), event('node-finished', 'warm')],
      ...[event('node-started', 'cool'), event('metric', 'cool'), event('node-failed', 'cool')],
    ]),
  ).toEqual(['cool'])
})
