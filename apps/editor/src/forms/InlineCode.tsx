import type { ReactElement } from 'react'

/** Text of a manifest, in which `backticks` mark values. */
export function InlineCode({ text }: { readonly text: string }): ReactElement {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
}
