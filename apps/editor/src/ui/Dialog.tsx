import { useEffect, useId, useRef } from 'react'
import type { KeyboardEvent, ReactElement, ReactNode } from 'react'
import { IconButton } from './Button.js'
import './dialog.css'

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Keeps the title for screen readers only (a palette shows its own field at the top). */
  readonly hideTitle?: boolean
  readonly className?: string
  readonly footer?: ReactNode
  readonly onKeyDown?: (event: KeyboardEvent) => void
}

/**
 * A modal dialog: the browser keeps focus inside, Escape or a click beside it closes, and focus returns to where it
 * was.
 */
export function Dialog({
  title,
  onClose,
  children,
  hideTitle = false,
  className = '',
  footer,
  onKeyDown,
}: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = element.current
    const before = document.activeElement
    if (dialog !== null && !dialog.open) dialog.showModal()
    // The browser would choose the close button, which comes first.
    dialog?.querySelector<HTMLElement>('[role="combobox"]')?.focus({ preventScroll: true })
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        // React also tells of a dialogue that was opened from this one.
        if (event.target !== element.current) return
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => event.target === element.current && onClose()}
    >
      <div className="dialog-body">
        <header className={hideTitle ? 'visually-hidden' : 'dialog-header'}>
          <h2 id={titleId}>{title}</h2>
          {!hideTitle && <IconButton icon="close" label="Close" onClick={onClose} />}
        </header>
        {children}
        {footer !== undefined && <footer className="dialog-footer">{footer}</footer>}
      </div>
    </dialog>
  )
}
