import { describe, expect, it } from 'vitest'
import { refuseStrayDrops } from './stray-drops.js'

function fired(type: string, types: readonly string[], taken = false): { event: Event; dropEffect: string } {
  const page = new EventTarget()
  if (taken) page.addEventListener(type, (event) => event.preventDefault())
  refuseStrayDrops(page)
  const dataTransfer = { types, dropEffect: 'copy' }
  const event = Object.assign(new Event(type, { cancelable: true }), { dataTransfer })
  page.dispatchEvent(event)
  return { event, dropEffect: dataTransfer.dropEffect }
}

describe('files that are let go', () => {
  it('beside every place for them do not replace the page', () => {
    for (const type of ['dragover', 'drop'])
      expect(fired(type, ['Files'])).toMatchObject({ event: { defaultPrevented: true }, dropEffect: 'none' })
  })

  it('at a place for them are left to it', () => {
    expect(fired('drop', ['Files'], true).dropEffect).toBe('copy')
  })

  it('are told from text and nodes, which are none of our business', () => {
    expect(fired('drop', ['text/plain']).event.defaultPrevented).toBe(false)
  })
})
