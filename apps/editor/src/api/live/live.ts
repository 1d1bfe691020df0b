import { livePath } from '@graft/graph-schema'
import { useSyncExternalStore } from 'react'
import { createLiveConnection } from './live-connection.js'
import type { LiveConnection } from './live-connection.js'
import type { ConnectionStatus, Socket } from './live-socket.js'
import { readToken } from '../token.js'

export type { ConnectionStatus } from './live-socket.js'

let connection: LiveConnection | null = null

/** The page's one live connection, opened at first use. */
export function live(): LiveConnection {
  if (connection !== null) return connection
  connection = createLiveConnection({ connect: openSocket, token: readToken, wait: waitFor })
  // Coming back from sleep or into reach of a network: don't sit out the pause.
  addEventListener('online', connection.retry)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && connection?.retry())
  return connection
}

function openSocket(): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return new WebSocket(`${scheme}://${location.host}${livePath}`) as unknown as Socket
}

function waitFor(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds)
  return () => clearTimeout(timer)
}

/** Whether the runner can be reached. */
export function useConnection(): ConnectionStatus {
  return useSyncExternalStore(
    (listener) => live().onStatus(listener),
    () => live().status(),
  )
}
