import type { ReactElement } from 'react'

/** The product's sign: a shoot on a grown root. */
export function Logo({ size }: { readonly size: number }): ReactElement {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--logo, #24704a)" />
      <path
        d="M16 27V13M16 19c-5 0-8-3-8-8 5 0 8 3 8 8Zm0-6c0-4 2.500-7 7-7 0 4.500-2.500 7-7 7Z"
        fill="none"
        stroke="#fff"
        strokeWidth="2.400"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
