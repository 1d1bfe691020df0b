import { expect, it } from 'vitest'
import { encodeFrame, FrameReader } from './frame.js'
import { parsePlainJson } from './plain-json.js'

const limits = { textBytes: 1000, blobBytes: 1000 }

it('puts frames together again, however the stream was cut', () => {
  const sent = [encodeFrame({ a: 'ä' }), encodeFrame([1], new Uint8Array([7, 8, 9])), encodeFrame(null)]
  const stream = Uint8Array.from(sent.flatMap((frame) => [...frame]))
  for (let size = 1; size <= stream.length; size++) {
    const reader = new FrameReader(limits)
    const frames: string[] = []
    for (let at = 0; at < stream.length; at += size)
      for (const { text, bytes } of reader.push(stream.subarray(at, at + size)))
        frames.push(`${text} ${[...bytes].join()}`)
    expect(frames).toEqual(['{"a":"ä"} ', '[1] 7,8,9', 'null '])
  }
})

it('refuses lengths beyond the limits from the header alone', () => {
  const header = new Uint8Array(8)
  new DataView(header.buffer).setUint32(4, 1001)
  expect(() => [...new FrameReader(limits).push(header)]).toThrow('a blob of 1001 bytes; at most 1000 are read')
})

it.each([
  ['{"a": {"__proto__": {}}}', '"__proto__"'],
  ['{"constructor": {"prototype": {}}}', '"constructor.prototype"'],
  [`${'['.repeat(100)}${']'.repeat(100)}`, 'nested deeper than 64 levels'],
  ['{"a"', 'a message that is not JSON'],
])('refuses %s', (text, message) => {
  expect(() => parsePlainJson(text)).toThrow(message)
})

it('takes keys that only look dangerous', () => {
  expect(parsePlainJson('{"constructor": "Lego", "prototype": 1}')).toEqual({ constructor: 'Lego', prototype: 1 })
})
