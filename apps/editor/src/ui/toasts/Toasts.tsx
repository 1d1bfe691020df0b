import type { ReactElement } from 'react'
import { Button, IconButton } from '../Button.js'
import { Icon } from '../Icon.js'
import { dismiss, useToasts } from './toast.js'
import './toasts.css'

/** Short messages above everything. */
export function Toasts(): ReactElement {
  const toasts = useToasts()
  return (
    <div className="toasts" role="region" aria-label="Messages">
      {toasts.map(({ id, kind, text, fix, action }) => (
        <div key={id} className={`toast toast-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <Icon name={kind === 'error' ? 'error' : kind === 'success' ? 'check' : 'info'} />
          <p>
            <strong>{text}</strong>
            {fix !== undefined && <span>{fix}</span>}
          </p>
          {action !== undefined && (
            <Button
              size="s"
              onClick={() => {
                dismiss(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton icon="close" size="s" label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
