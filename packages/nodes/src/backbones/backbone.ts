/** A backbone that comes with Graft: how to build it, where its weights are, what is known of them. */
export interface EmbeddedBackbone {
  /** As in `embedded:ID`. */
  readonly id: string
  readonly title: string
  /** What it was trained on, in a sentence: "it knows ...". */
  readonly knows: string
  /** Id of the architecture that builds its network. */
  readonly architecture: string
  /** Folder with `card.json` and `weights.safetensors`, relative to the package. */
  readonly folder: string
}
