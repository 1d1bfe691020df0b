const headerBytes = 8

/** One message between host and plugin: JSON, and bytes that don't fit into JSON (a blob). */
export interface Frame {
  readonly text: string
  readonly bytes: Uint8Array
}

export interface FrameLimits {
  readonly textBytes: number
  readonly blobBytes: number
}

/** What arrived is not a frame, or too long a one; `message` continues "it sent ...". */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** Two lengths (unsigned 32 bits, big-endian), the JSON as UTF-8, the bytes. */
export function encodeFrame(json: unknown, bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(json))
  const frame = new Uint8Array(headerBytes + text.byteLength + bytes.byteLength)
  const header = new DataView(frame.buffer)
  header.setUint32(0, text.byteLength)
  header.setUint32(4, bytes.byteLength)
  frame.set(text, headerBytes)
  frame.set(bytes, headerBytes + text.byteLength)
  return frame
}

/** Cuts a stream of bytes into frames. A length beyond the limits is refused before anything is kept of it. */
export class FrameReader {
  private chunks: Uint8Array[] = []
  private held = 0

  constructor(private readonly limits: FrameLimits) {}

  /** Gives the frames that this chunk completes. Throws FrameError. */
  *push(chunk: Uint8Array): Generator<Frame, void, void> {
    this.chunks.push(chunk)
    this.held += chunk.byteLength
    while (this.held >= headerBytes) {
      const header = this.peek(headerBytes)
      const view = new DataView(header.buffer, header.byteOffset, headerBytes)
      const [text, blob] = [view.getUint32(0), view.getUint32(4)]
      if (text > this.limits.textBytes)
        throw new FrameError(`a message of ${text} bytes; at most ${this.limits.textBytes} are read`)
      if (blob > this.limits.blobBytes)
        throw new FrameError(`a blob of ${blob} bytes; at most ${this.limits.blobBytes} are read`)
      if (this.held < headerBytes + text + blob) return
      const frame = this.take(headerBytes + text + blob)
      yield {
        text: new TextDecoder().decode(frame.subarray(headerBytes, headerBytes + text)),
        bytes: frame.subarray(headerBytes + text),
      }
    }
  }

  /**
   * The first bytes in one piece; chunks are joined only as far as needed, so that a large blob costs no repeated
   * copying.
   */
  private peek(count: number): Uint8Array {
    while ((this.chunks[0]?.byteLength ?? 0) < count) this.chunks.splice(0, 2, join(this.chunks.slice(0, 2)))
    return this.chunks[0] as Uint8Array
  }

  private take(count: number): Uint8Array {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Uint8Array) : join(this.chunks)
    this.chunks = all.byteLength > count ? [all.subarray(count)] : []
    this.held -= count
    return all.subarray(0, count)
  }
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.byteLength
  }
  return joined
}
