import type { RunEvent } from '@graft/graph-schema'

/** Shows a run as it happens. One for terminals, one for logs, one for programs (`--json`). */
export interface RunView {
  show(event: RunEvent): void
  /** Nothing more will be shown: gives the terminal back as it was. */
  close(): void
}

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}
