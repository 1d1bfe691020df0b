import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import { emptyDocument } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { openDatabase } from '../database/open-database.js'
import { schemaSteps } from '../database/schema.js'
import { findHome } from '../home.js'
import { RunStore } from './run-store.js'

const id = '20260101-000000-abcdef'
const metrics = {
  kind: 'metrics',
  split: 'test',
  count: 40,
  accuracy: 0.925,
  macroF1: 0.9,
  balancedAccuracy: 0.91,
  detail: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' },
}
const events = [
  { type: 'run-queued' },
  { type: 'run-started', graph: 'g', nodes: ['evaluate'], engine: 'onnx' },
  { type: 'node-finished', node: 'evaluate', outputs: { metrics }, milliseconds: 1 },
  { type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 2 },
]

it('a run that Graft 0.1.0 recorded still opens, with its accuracy', () => {
  const home = findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-earlier-')) })
  const before = new Libsql(join(home.root, 'graft.db'))
  for (const step of schemaSteps.slice(0, 2)) before.exec(step)
  before.exec('pragma user_version = 2')
  const request = JSON.stringify({ document: emptyDocument(), graph: 'g', base: '/' })
  const headline = JSON.stringify({ accuracy: 0.925, count: 40, split: 'test', macroF1: 0.9 })
  const time = '2026-01-01T00:00:00.000Z'
  before
    .prepare(
      'insert into runs (id, created_at, graph_name, request, status, engine, device, headline, next_sequence) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(id, time, 'g', request, 'succeeded', 'onnx', 'cpu', headline, events.length)
  before
    .prepare(
      'insert into runs (id, created_at, graph_name, request, status, engine, device) values (?, ?, ?, ?, ?, ?, ?)',
    )
    .run('20260101-000001-abcdef', time, 'g', request, 'failed', 'onnx', 'cpu')
  for (const [sequence, event] of events.entries())
    before
      .prepare('insert into events (run, sequence, body) values (?, ?, ?)')
      .run(id, sequence, JSON.stringify({ run: id, sequence, time, ...event }))
  // As the version before had kept it: with a headline of its own shape.
  before
    .prepare('insert into states (run, next, body) values (?, ?, ?)')
    .run(id, events.length, JSON.stringify({ run: id, next: events.length, nodes: {}, headline: JSON.parse(headline) }))
  before.close()

  const store = new RunStore(openDatabase(home))
  const expected = { metric: { name: 'accuracy', title: 'Accuracy' }, value: 0.925, count: 40, split: 'test' }
  expect(store.find(id)?.summary.headline).toMatchObject(expected)
  expect(store.state(id)).toMatchObject({ status: 'succeeded', headline: expected })
  expect(store.find('20260101-000001-abcdef')?.summary).not.toHaveProperty('headline')
})
