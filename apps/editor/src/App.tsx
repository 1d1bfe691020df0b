import { lazy, Suspense, useEffect } from 'react'
import type { ReactElement } from 'react'
import { Canvas } from './canvas/Canvas.js'
import { ContextMenu } from './canvas/ContextMenu.js'
import { CommandPalette } from './commands/dialogs/CommandPalette.js'
import { ConnectDialog } from './commands/dialogs/ConnectDialog.js'
import { FindDialog } from './commands/dialogs/FindDialog.js'
import { JsonDialog } from './commands/dialogs/JsonDialog.js'
import { PluginsDialog } from './commands/dialogs/PluginsDialog.js'
import { ShortcutSheet } from './commands/dialogs/ShortcutSheet.js'
import { useKeys } from './commands/use-keys.js'
import { loadManifests } from './session/load-manifests.js'
import { openDocument, startSession } from './session/session.js'
import { Palette } from './palette/Palette.js'
import { QuickAdd } from './palette/QuickAdd.js'
import { PhotosDialog } from './photos/PhotosDialog.js'
import { StartPage } from './start/StartPage.js'
import { Announcer } from './shell/Announcer.js'
import { Drawer } from './shell/Drawer.js'
import { InspectorSide } from './shell/InspectorSide.js'
import { ConflictDialog, VersionsDialog } from './shell/SavingDialogs.js'
import { StatusBar } from './shell/StatusBar.js'
import { Toasts } from './ui/toasts/Toasts.js'
import { TopBar } from './shell/TopBar.js'
import { useListWhereRoom } from './page/narrow.js'
import { useUi } from './page/page-store.js'
import './shell/shell.css'

const LookDialog = lazy(() =>
  import('./look/LookDialog.js').then(({ LookDialog: component }) => ({ default: component })),
)

/** The page: the start page or the editor, and what lies above both. */
export function App(): ReactElement {
  const view = useUi((state) => state.view)
  useKeys()
  useListWhereRoom()
  useEffect(() => {
    const stops = [loadManifests(), startSession()]
    return () => stops.forEach((stop) => stop())
  }, [])
  return (
    <>
      {view === 'start' ? (
        <StartPage onOpen={(document, origin) => void openDocument(document, origin ?? null)} />
      ) : (
        <EditorPage />
      )}
      <Dialogs />
      <QuickAdd />
      <ContextMenu />
      <Toasts />
      <Announcer />
    </>
  )
}

function EditorPage(): ReactElement {
  const palette = useUi((state) => state.palette)
  const inspector = useUi((state) => state.inspector)
  return (
    <div className="shell">
      <a className="skip-link" href="#canvas" onClick={focusCanvas}>
        To the canvas
      </a>
      <TopBar />
      {palette && (
        <div className="shell-palette">
          <Palette />
        </div>
      )}
      <main id="canvas" className="shell-canvas" tabIndex={-1}>
        <Canvas />
      </main>
      <div className="shell-drawer">
        <Drawer />
      </div>
      {inspector && <InspectorSide />}
      <StatusBar />
    </div>
  )
}

function Dialogs(): ReactElement | null {
  const dialog = useUi((state) => state.dialog)
  switch (dialog) {
    case 'commands':
      return <CommandPalette />
    case 'shortcuts':
      return <ShortcutSheet />
    case 'json':
      return <JsonDialog />
    case 'plugins':
      return <PluginsDialog />
    case 'connect':
      return <ConnectDialog />
    case 'find':
      return <FindDialog />
    case 'versions':
      return <VersionsDialog />
    case 'conflict':
      return <ConflictDialog />
    case 'photos':
      return <PhotosDialog />
    case 'look':
      return (
        <Suspense fallback={null}>
          <LookDialog />
        </Suspense>
      )
    default:
      return null
  }
}

function focusCanvas(event: React.MouseEvent): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('.react-flow__node[tabindex="0"], #canvas')?.focus()
}
