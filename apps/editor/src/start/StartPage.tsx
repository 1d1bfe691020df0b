import type { GraphDocument, TemplateSummary } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { call, messageOf } from '../api/client.js'
import { live, useConnection } from '../api/live/live.js'
import { useCall } from '../api/use-call.js'
import type { Origin } from '../document/store.js'
import { newGraph, pickFile } from '../session/session.js'
import { openLook } from '../photos/look-store.js'
import { openPhotos, takeDrop } from '../photos/photos-store.js'
import { listTemplates } from '../photos/template-graph.js'
import { Button } from '../ui/Button.js'
import { Icon } from '../ui/Icon.js'
import { Logo } from '../ui/Logo.js'
import { ThemeButton } from '../ui/ThemeButton.js'
import { toast } from '../ui/toasts/toast.js'
import { TourHost } from '../tour/TourHost.js'
import { startTour, useTour, wasTourSeen } from '../page/tour-store.js'
import { GraphLists } from './GraphLists.js'
import { QuadrantDrawing } from './QuadrantDrawing.js'
import './start.css'

export interface StartPageProps {
  readonly onOpen: (document: GraphDocument, origin?: Origin | null) => void
}

/** Where to begin: a recipe for the data at hand, a graph from before, or a file. */
export function StartPage({ onOpen }: StartPageProps): ReactElement {
  const templates = useCall(listTemplates)
  const connection = useConnection()
  const [opening, setOpening] = useState<string | null>(null)
  const [over, setOver] = useState(false)
  const tour = useTour()
  const open = async (template: TemplateSummary): Promise<void> => {
    setOpening(template.id)
    try {
      onOpen((await call('getTemplate', { params: { id: template.id } })).document)
    } catch (error) {
      toast('error', messageOf(error))
    } finally {
      setOpening(null)
    }
  }
  return (
    <div
      className={`start${over ? ' start-over' : ''}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => event.currentTarget === event.target && setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void takeDrop(event.dataTransfer)
      }}
    >
      <header className="start-bar">
        <Logo size={28} />
        <span className="start-brand">Graft</span>
        <span className="start-space" />
        <Button size="s" variant="ghost" icon="help" onClick={startTour}>
          Tour
        </Button>
        <ThemeButton />
      </header>
      <main className="start-main">
        <div className="start-hero">
          <h1>Teach a network your own images</h1>
          <p>
            Take a network that others trained, keep what it knows, and graft a new head on it. Which recipe fits
            depends on how many images you have and how much they look like everyday photos: choose a folder, and Graft
            measures it and tells you.
          </p>
          <p className="start-first">
            <Button variant="primary" size="l" icon="advice" onClick={() => openLook()}>
              Look at my images…
            </Button>
            <Button size="l" icon="folder" onClick={() => openPhotos()}>
              Use my photos…
            </Button>
            {!wasTourSeen() && tour === null && (
              <Button size="l" icon="play" onClick={startTour}>
                Show me around, in three minutes
              </Button>
            )}
          </p>
        </div>
        {connection === 'offline' && (
          <div className="offline-note start-offline" role="status">
            <Icon name="warning" />
            <p>
              The server can’t be reached. Start it with <code>graft serve</code>; meanwhile you can open graphs that
              this browser keeps.
            </p>
            <Button
              size="s"
              onClick={() => {
                live().retry()
                templates.again()
              }}
            >
              Try again
            </Button>
          </div>
        )}
        <section aria-labelledby="start-templates">
          <h2 id="start-templates" className="visually-hidden">
            Templates
          </h2>
          {templates.status === 'failed' ? (
            <div className="start-failed" role="alert">
              <p>{templates.error.message}</p>
              <Button onClick={templates.again}>Try again</Button>
            </div>
          ) : (
            <QuadrantDrawing
              templates={templates.status === 'ready' ? templates.value.templates : null}
              opening={opening}
              onOpen={(template) => void open(template)}
            />
          )}
        </section>
        <div className="start-other">
          <Button icon="add" onClick={newGraph}>
            Empty graph
          </Button>
          <Button icon="open" onClick={pickFile}>
            Open a file…
          </Button>
          <p className="muted">
            Or drop a folder of photos anywhere on this page; or a graph, a report or an exported model, which all carry
            their graph.
          </p>
        </div>
        <GraphLists />
      </main>
      <TourHost />
    </div>
  )
}
