import type { BlobReference } from '@graft/graph-schema'
import { NodeError } from '@graft/nodes/sdk'
import type { BlobStore } from '@graft/nodes/sdk'
import type { FromPlugin } from '../protocol/messages.js'
import type { Channel } from './channel.js'

interface Answer {
  readonly present: boolean
  readonly reference?: unknown
  readonly bytes: Uint8Array
}
type Question = Extract<FromPlugin, { request: number }>
type WithoutRequest<Message> = Message extends unknown ? Omit<Message, 'request'> : never

/**
 * The artifact store as a plugin sees it: every blob goes through the host, which gives only those that belong to the
 * plugin's inputs or that it stored itself.
 */
export class BlobClient {
  private next = 0
  private readonly waiting = new Map<number, (answer: Answer) => void>()

  constructor(private readonly channel: Channel) {}

  answered(request: number, answer: Answer): void {
    this.waiting.get(request)?.(answer)
    this.waiting.delete(request)
  }

  readonly store: BlobStore = {
    put: async (bytes, mediaType, name) => {
      const { reference } = await this.ask(
        { type: 'blob-put', mediaType, ...(name === undefined ? {} : { name }) },
        bytes,
      )
      return reference as BlobReference
    },
    get: async (sha256) => {
      const { present, bytes } = await this.ask({ type: 'blob-get', sha256 })
      if (!present)
        throw new NodeError(
          null,
          `The blob ${sha256.slice(0, 12)}… is not among what this node was given.`,
          'A plugin may read the blobs that its inputs name, and those that it stored itself.',
        )
      return bytes
    },
    has: async (sha256) => (await this.ask({ type: 'blob-has', sha256 })).present,
  }

  private ask(question: WithoutRequest<Question>, bytes?: Uint8Array): Promise<Answer> {
    const request = this.next++
    return new Promise((resolve) => {
      this.waiting.set(request, resolve)
      void this.channel.send({ ...question, request }, bytes)
    })
  }
}
