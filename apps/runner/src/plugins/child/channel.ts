import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { encodeFrame, FrameReader } from '../protocol/frame.js'
import type { FromPlugin, ToPlugin } from '../protocol/messages.js'

/** The host reads what a plugin says here; standard output stays for whatever the plugin prints. */
const outputDescriptor = 3

export interface Channel {
  /** Resolves once the message is on its way. */
  send(message: FromPlugin, bytes?: Uint8Array): Promise<void>
  /** What the messages go through. */
  readonly stream: object
}

/**
 * The plugin's end of the line: messages of the host arrive on standard input. When that closes the host is gone, and
 * this process ends.
 */
export function openChannel(
  onMessage: (message: ToPlugin, bytes: Uint8Array) => void,
  input: Readable = process.stdin,
): Channel {
  const output = new Socket({ fd: outputDescriptor, readable: false, writable: true })
  const end = process.exit.bind(process)
  output.on('error', () => end(1))
  const reader = new FrameReader({ textBytes: 0xffffffff, blobBytes: 0xffffffff })
  input.on('data', (chunk: Uint8Array) => {
    for (const frame of reader.push(chunk)) onMessage(JSON.parse(frame.text) as ToPlugin, frame.bytes)
  })
  return {
    stream: output,
    send: (message, bytes) => new Promise((resolve) => void output.write(encodeFrame(message, bytes), () => resolve())),
  }
}
