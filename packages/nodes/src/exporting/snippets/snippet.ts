import type { Network, PyTorchModel } from '@graft/network'

/** A program that uses an exported file, whole, to be copied and run as it stands. */
export interface Snippet {
  readonly language: 'python' | 'javascript' | 'csharp'
  readonly title: string
  /** Ids of writers whose files it runs. */
  readonly writers: readonly string[]
  program(facts: SnippetFacts): string
}

export interface SnippetFacts {
  readonly fileName: string
  readonly network: Network
  /** The model that takes the file, where it is a state dict of PyTorch. */
  readonly architecture: PyTorchModel | null
}

export const classesOf = ({ head }: Network): string => JSON.stringify(head?.names ?? [])
