import type { NodeManifest } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { categoryColor, categoryIcon } from './category.js'
import { Icon } from '../ui/Icon.js'

/** The coloured sign of a node type's category. */
export function TypeIcon({ manifest }: { readonly manifest: NodeManifest | undefined }): ReactElement {
  return (
    <span className="type-icon" style={{ '--category': categoryColor(manifest?.category) } as React.CSSProperties}>
      <Icon name={manifest === undefined ? 'help' : categoryIcon(manifest.category)} size={14} />
    </span>
  )
}
