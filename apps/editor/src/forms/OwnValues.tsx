import { isPortKind } from '@graft/graph-schema'
import type { NodeManifest } from '@graft/graph-schema'
import type { ReactElement } from 'react'

const longest = 4000

export interface OwnValuesProps {
  readonly manifest: NodeManifest
  /** What the node gave in the last run. */
  readonly outputs: Readonly<Record<string, unknown>> | undefined
}

/** What a node gave on ports whose kind the editor doesn't know: a plugin's own, as JSON. */
export function OwnValues({ manifest, outputs = {} }: OwnValuesProps): ReactElement | null {
  const values = Object.entries(manifest.outputs).filter(([name, { kind }]) => !isPortKind(kind) && name in outputs)
  if (values.length === 0) return null
  return (
    <section className="own-values" aria-label="Values">
      {values.map(([name, { title }]) => (
        <figure key={name}>
          <figcaption>{title}</figcaption>
          <pre tabIndex={0}>{shorten(JSON.stringify(outputs[name], null, 2))}</pre>
        </figure>
      ))}
    </section>
  )
}

const shorten = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}\n…` : text)
