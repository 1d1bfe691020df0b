import { useState } from 'react'
import type { ReactElement } from 'react'
import { renameDocument } from '../document/commands/describe.js'
import { dispatch, editor, useDocument, useEditor } from '../document/store.js'
import { RunControls } from './RunControls.js'
import { Button, IconButton } from '../ui/Button.js'
import { runCommand } from '../commands/commands.js'
import { menus } from '../commands/menus.js'
import { CommandButton } from '../commands/CommandButton.js'
import { Logo } from '../ui/Logo.js'
import { CommandMenu } from '../commands/CommandMenu.js'
import { ThemeButton } from '../ui/ThemeButton.js'
import { useUi } from '../page/page-store.js'

/** The graph's name and whether it is saved, undo and redo, Run, and the page's own buttons. */
export function TopBar(): ReactElement {
  const [menu, setMenu] = useState<{ readonly x: number; readonly y: number } | null>(null)
  const palette = useUi((state) => state.palette)
  const inspector = useUi((state) => state.inspector)
  return (
    <header className="top-bar">
      <h1 className="visually-hidden">Graft editor</h1>
      <div className="top-bar-start">
        <button
          type="button"
          className="logo-button"
          aria-label="Graft: start page"
          title="Start page"
          onClick={() => runCommand('close')}
        >
          <Logo size={26} />
        </button>
        <GraphName />
        <IconButton
          icon="chevronDown"
          label="Graph menu"
          size="s"
          aria-haspopup="menu"
          aria-expanded={menu !== null}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect()
            setMenu({ x: box.left - 8, y: box.bottom + 6 })
          }}
        />
        <SaveState />
        {menu !== null && <CommandMenu label="Graph" items={menus.graph} at={menu} onClose={() => setMenu(null)} />}
      </div>
      <div className="top-bar-middle" role="toolbar" aria-label="Edit">
        <CommandButton id="undo" />
        <CommandButton id="redo" />
        <span className="divider" />
        <CommandButton id="toggle-palette" pressed={palette} />
        <CommandButton id="toggle-inspector" pressed={inspector} />
        <span className="divider" />
        <button
          type="button"
          className="command-search"
          onClick={() => runCommand('commands')}
          title="Search all commands (Ctrl+K)"
        >
          <span>Search commands</span>
          <kbd>Ctrl K</kbd>
        </button>
      </div>
      <div className="top-bar-end">
        <ThemeButton />
        <CommandButton id="shortcuts" />
        <RunControls />
      </div>
    </header>
  )
}

function GraphName(): ReactElement {
  const { name } = useDocument()
  return (
    <input
      className="graph-name"
      aria-label="Name of the graph"
      value={name}
      maxLength={200}
      size={Math.min(34, Math.max(6, name.length + 1))}
      onChange={(event) => dispatch(renameDocument(event.target.value))}
      onBlur={() => editor.endStep()}
      onKeyDown={(event) => (event.key === 'Enter' || event.key === 'Escape') && event.currentTarget.blur()}
    />
  )
}

function SaveState(): ReactElement {
  const isChanged = useEditor((state) => state.document !== state.saved)
  const isNew = useEditor((state) => state.origin === null)
  const saving = useUi((state) => state.saving)
  if (saving)
    return (
      <span className="save-state" role="status">
        Saving…
      </span>
    )
  if (!isChanged && !isNew) return <span className="save-state">Saved</span>
  return (
    <Button
      size="s"
      variant="ghost"
      icon="save"
      title={
        isNew
          ? 'Kept as a draft so far: save it as a graph (Ctrl+S)'
          : 'There are unsaved edits; they are kept as a draft (Ctrl+S)'
      }
      onClick={() => runCommand('save')}
    >
      Save
    </Button>
  )
}
