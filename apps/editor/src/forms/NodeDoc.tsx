import type { NodeManifest } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { Icon } from '../ui/Icon.js'
import { InlineCode } from './InlineCode.js'
import { splitDoc } from './split-doc.js'

/** What a node is for: its first sentence, the rest on request. */
export function NodeDoc({ manifest: { doc } }: { readonly manifest: NodeManifest }): ReactElement {
  const [open, setOpen] = useState(false)
  const { first, rest } = splitDoc(doc)
  return (
    <div className="node-doc">
      <p>
        <InlineCode text={first} />
        {rest.length > 0 && !open && (
          <button type="button" className="node-doc-more" aria-expanded={false} onClick={() => setOpen(true)}>
            More
            <Icon name="chevronDown" size={12} />
          </button>
        )}
      </p>
      {open &&
        rest.map((paragraph) => (
          <p key={paragraph}>
            <InlineCode text={paragraph} />
          </p>
        ))}
    </div>
  )
}
