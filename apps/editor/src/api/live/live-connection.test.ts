import { emptyRunState, reduceRun } from '@graft/graph-schema'
import type { ClientMessage, RunEvent, RunState, ServerMessage } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import { createLiveConnection } from './live-connection.js'
import type { LiveConnection } from './live-connection.js'
import type { Socket } from './live-socket.js'

/** A server of which the test says what it sends and when the line breaks. */
class Line implements Socket {
  readonly sent: ClientMessage[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage)
  }
  close(): void {
    this.onclose?.()
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  welcome(): void {
    this.onopen?.()
    this.say({ type: 'welcome', protocol: 1, server: 'test' })
  }
}

function start(): {
  readonly lines: Line[]
  readonly live: LiveConnection
  readonly pauses: number[]
  readonly afterPause: () => void
} {
  const lines: Line[] = []
  const pauses: number[] = []
  let pending: (() => void) | null = null
  const live = createLiveConnection({
    connect: () => {
      const line = new Line()
      lines.push(line)
      return line
    },
    token: () => 'secret',
    wait: (milliseconds, then) => {
      pauses.push(milliseconds)
      pending = then
      return () => (pending = null)
    },
  })
  return { lines, live, pauses, afterPause: () => pending?.() }
}

const time = '2026-01-01T00:00:00.000Z'
const log = (sequence: number): RunEvent => ({
  type: 'log',
  level: 'info',
  message: `line ${sequence}`,
  run: 'r1',
  sequence,
  time,
})
const stateAfter = (count: number): RunState =>
  Array.from({ length: count }, (_, index) => log(index)).reduce(reduceRun, emptyRunState('r1'))
const messages = (state: RunState | undefined): readonly string[] => state?.logs.map(({ message }) => message) ?? []

describe('the live connection', () => {
  test('says hello with its token, then asks for what was followed before it was open', () => {
    const { lines, live } = start()
    live.follow('r1', () => {})
    expect(lines[0]?.sent).toEqual([])
    lines[0]?.welcome()
    expect(lines[0]?.sent).toEqual([
      { type: 'hello', protocol: 1, token: 'secret' },
      { type: 'subscribe', run: 'r1' },
    ])
    expect(live.status()).toBe('online')
  })

  test('goes on after a loss at the event that it has not seen, and folds repeated ones once', () => {
    const { lines, live, afterPause } = start()
    const seen: RunState[] = []
    live.follow('r1', (state) => seen.push(state))
    lines[0]?.welcome()
    lines[0]?.say({ type: 'snapshot', run: 'r1', state: stateAfter(2), next: 2 })
    lines[0]?.say({ type: 'event', event: log(2) })
    lines[0]?.close()
    expect(live.status()).toBe('offline')
    afterPause()
    lines[1]?.welcome()
    expect(lines[1]?.sent.at(-1)).toEqual({ type: 'subscribe', run: 'r1', from: 3 })
    for (const sequence of [1, 2, 3, 3, 4]) lines[1]?.say({ type: 'event', event: log(sequence) })
    expect(messages(seen.at(-1))).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4'])
    expect(seen).toHaveLength(4)
  })

  test('takes a snapshot in place of what it had when it was away too long', () => {
    const { lines, live, afterPause } = start()
    const seen: RunState[] = []
    live.follow('r1', (state) => seen.push(state))
    lines[0]?.welcome()
    lines[0]?.say({ type: 'snapshot', run: 'r1', state: stateAfter(1), next: 1 })
    lines[0]?.close()
    afterPause()
    lines[1]?.welcome()
    lines[1]?.say({ type: 'snapshot', run: 'r1', state: stateAfter(9), next: 9 })
    expect(seen.at(-1)?.next).toBe(9)
  })

  test('accepts coalesced events, and asks again when one is missing', () => {
    const { lines, live } = start()
    const seen: RunState[] = []
    live.follow('r1', (state) => seen.push(state))
    lines[0]?.welcome()
    lines[0]?.say({ type: 'snapshot', run: 'r1', state: stateAfter(1), next: 1 })
    lines[0]?.say({ type: 'event', event: log(4), coalesced: 3 })
    expect(seen.at(-1)?.next).toBe(5)
    lines[0]?.say({ type: 'event', event: log(8) })
    expect(seen.at(-1)?.next).toBe(5)
    expect(lines[0]?.sent.at(-1)).toEqual({ type: 'subscribe', run: 'r1' })
  })

  test('gives a second viewer of the page the state at once, and leaves when the last one goes', () => {
    const { lines, live } = start()
    const stop = live.follow('r1', () => {})
    lines[0]?.welcome()
    lines[0]?.say({ type: 'snapshot', run: 'r1', state: stateAfter(1), next: 1 })
    const late: RunState[] = []
    const stopLate = live.follow('r1', (state) => late.push(state))
    expect(late).toHaveLength(1)
    stop()
    expect(lines[0]?.sent.some(({ type }) => type === 'unsubscribe')).toBe(false)
    stopLate()
    expect(lines[0]?.sent.at(-1)).toEqual({ type: 'unsubscribe', run: 'r1' })
  })

  test('waits longer after every failed try, and from the start again once it was online', () => {
    const { lines, pauses, afterPause } = start()
    for (let attempt = 0; attempt < 7; attempt++) {
      lines.at(-1)?.close()
      afterPause()
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000])
    lines.at(-1)?.welcome()
    lines.at(-1)?.close()
    expect(pauses.at(-1)).toBe(500)
  })

  test('answers pings, and is not upset by messages that it does not know', () => {
    const { lines, live } = start()
    lines[0]?.welcome()
    lines[0]?.say({ type: 'ping' })
    expect(lines[0]?.sent.at(-1)).toEqual({ type: 'pong' })
    lines[0]?.onmessage?.({ data: '{"type":"from the future"}' })
    lines[0]?.onmessage?.({ data: 'not json' })
    expect(live.status()).toBe('online')
  })

  test('watches the queue again after a loss', () => {
    const { lines, live, afterPause } = start()
    const seen: number[] = []
    live.watchQueue(({ queued }) => seen.push(queued.length))
    lines[0]?.welcome()
    lines[0]?.say({ type: 'queue', running: [], queued: [], etaSeconds: null })
    lines[0]?.close()
    afterPause()
    lines[1]?.welcome()
    expect(lines[1]?.sent.at(-1)).toEqual({ type: 'watch-queue' })
    expect(seen).toEqual([0])
  })
})
