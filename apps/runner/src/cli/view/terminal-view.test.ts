import type { RunEvent, RunEventBody } from '@graft/graph-schema'
import pc from 'picocolors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { plainView } from './plain-view.js'
import { terminalView } from './terminal-view.js'

const event = (body: RunEventBody): RunEvent => ({ ...body, run: 'r', sequence: 0, time: '' })
const plain = pc.createColors(false)
const training: RunEventBody[] = [
  { type: 'run-started', graph: 'ants', nodes: ['train'], engine: 'onnx' },
  { type: 'node-started', node: 'train', reason: 'first run' },
  { type: 'node-progress', node: 'train', done: 5, total: 20, unit: 'epochs', etaSeconds: 12 },
  { type: 'metric', node: 'train', name: 'loss', split: 'train', phase: 'head', epoch: 5, step: 50, value: 0.31234 },
  { type: 'metric', node: 'train', name: 'accuracy', split: 'val', phase: 'head', epoch: 5, step: 50, value: 0.9375 },
]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What a terminal would show: every carriage return starts its line over. */
function screen(text: string): string {
  return text
    .replaceAll(/\u001b\[\?25[lh]/g, '')
    .split('\n')
    .map((line) => line.split('\r\u001b[2K').at(-1))
    .join('\n')
}

describe('terminal view', () => {
  const show = (bodies: readonly RunEventBody[], columns = 120): { text: () => string; close: () => void } => {
    let text = ''
    const view = terminalView(
      {
        write: (part) => {
          text += part
        },
        isTTY: true,
        columns,
      },
      (id) => id,
      plain,
    )
    for (const body of bodies) view.show(event(body))
    return { text: () => text, close: () => view.close() }
  }

  it('moves one line: bar, share, count, metrics and time left', () => {
    const view = show(training)
    vi.advanceTimersByTime(100)
    expect(screen(view.text())).toContain(
      'train  ██████░░░░░░░░░░░░░░░░░░  25%  5/20 epochs · 12 s left · loss 0.312 · val accuracy 0.938',
    )
  })

  it('never makes a line wider than the terminal, or a person would see it wrap', () => {
    for (const columns of [20, 40, 60, 80]) {
      const view = show(training, columns)
      vi.advanceTimersByTime(100)
      expect(screen(view.text()).split('\n').at(-1)?.length).toBeLessThan(columns)
      view.close()
    }
  })

  it('takes a terminal that does not know its width for one of 80 columns', () => {
    const view = show(training, 0)
    vi.advanceTimersByTime(100)
    expect(screen(view.text())).toContain('25%')
  })

  it('keeps a finished node as a line and gives the cursor back', () => {
    const view = show([...training, { type: 'node-finished', node: 'train', outputs: {}, milliseconds: 61_000 }])
    vi.advanceTimersByTime(500)
    view.close()
    expect(screen(view.text())).toBe('ants  1 nodes · engine onnx\n✓ train  1 min 01 s\n')
    expect(view.text().endsWith('\u001b[?25h')).toBe(true)
  })

  it('does not let a log message act on the terminal', () => {
    const view = show([{ type: 'log', level: 'warning', message: 'bad\u001b[2Jname\nsecond' }])
    expect(screen(view.text())).toContain('! bad\ufffd[2Jname second')
  })
})

describe('plain view', () => {
  it('writes a progress line every few seconds only', () => {
    const lines: string[] = []
    let time = 0
    const view = plainView(
      { write: (part) => lines.push(part) },
      (id) => id,
      plain,
      () => time,
    )
    for (const body of training.slice(0, 3)) view.show(event(body))
    time = 6000
    for (const body of training.slice(3)) view.show(event(body))
    expect(lines).toEqual([
      'ants: 1 nodes, engine onnx\n',
      '> train  first run\n',
      '  train: 5/20 epochs · 12 s left · loss 0.312\n',
    ])
  })
})
