import { useId } from 'react'
import type { ReactElement, ReactNode } from 'react'

/** One result with its heading. */
export function Card({
  title,
  note,
  children,
  className = '',
}: {
  readonly title: string
  readonly note?: string
  readonly children: ReactNode
  readonly className?: string
}): ReactElement {
  const id = useId()
  return (
    <section className={`result-card ${className}`} aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        {note !== undefined && <p>{note}</p>}
      </header>
      {children}
    </section>
  )
}
