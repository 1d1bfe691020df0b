import type { Prediction } from '@graft/graph-schema'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { call, isAbort, messageOf } from '../../api/client.js'
import { percent, shortened } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
import { DropZone } from '../../ui/DropZone.js'
import { Icon } from '../../ui/Icon.js'
import { Card } from '../cards/Card.js'
import { Webcam } from './Webcam.js'
import { classColor } from '../../charts/class-colors.js'
import type { ModelResult } from '../read/run-results.js'

type Attempt =
  | { readonly status: 'idle' }
  | { readonly status: 'asking' }
  | { readonly status: 'done'; readonly prediction: Prediction }
  | { readonly status: 'failed'; readonly message: string }

const shownClasses = 6

export interface TryItProps {
  readonly runId: string
  readonly models: readonly ModelResult[]
  readonly nameOf: (node: string) => string
}

/**
 * Drop a photo, choose one or use the camera, and see what the network thinks. The image goes to this server and
 * nowhere else.
 */
export function TryIt({ runId, models, nameOf }: TryItProps): ReactElement {
  const [node, setNode] = useState<string | null>(null)
  const [camera, setCamera] = useState(false)
  const chosen = models.find((model) => model.node === node) ?? models[0]
  const { attempt, image, ask } = useAttempt(runId, chosen?.node)
  return (
    <Card title="Try it" note="The photo goes to your own Graft server and nowhere else." className="try-card">
      {models.length > 1 && (
        <ModelChoice models={models} nameOf={nameOf} value={chosen?.node ?? ''} onChange={setNode} />
      )}
      <DropZone
        className="drop-zone"
        onDrop={({ files: [file] }) => {
          if (file !== undefined) void ask(file)
        }}
      >
        {camera ? (
          <Webcam onFrame={(frame) => void ask(frame)} onClose={() => setCamera(false)} />
        ) : (
          <Preview image={image} />
        )}
        <div className="drop-actions">
          <PhotoButton onPhoto={(photo) => void ask(photo)} />
          {typeof navigator.mediaDevices?.getUserMedia === 'function' && (
            <Button size="s" icon="camera" onClick={() => setCamera(!camera)}>
              {camera ? 'Stop camera' : 'Camera'}
            </Button>
          )}
        </div>
      </DropZone>
      <div className="try-answer" role="status">
        {attempt.status === 'asking' && <p className="muted">Looking…</p>}
        {attempt.status === 'failed' && <p className="card-problem">{attempt.message}</p>}
        {attempt.status === 'done' && <Bars prediction={attempt.prediction} />}
      </div>
    </Card>
  )
}

interface Asking {
  readonly attempt: Attempt
  /** The photo that was asked about last. */
  readonly image: Blob | null
  readonly ask: (photo: Blob) => Promise<void>
}

/** Asks the network of a node about one photo at a time; a new one takes the place of the one before. */
function useAttempt(runId: string, node: string | undefined): Asking {
  const [attempt, setAttempt] = useState<Attempt>({ status: 'idle' })
  const [image, setImage] = useState<Blob | null>(null)
  const asking = useRef<AbortController | null>(null)
  useEffect(() => () => asking.current?.abort(), [])
  const ask = async (photo: Blob): Promise<void> => {
    asking.current?.abort()
    const abort = new AbortController()
    asking.current = abort
    setImage(photo)
    setAttempt((last) => (last.status === 'done' ? last : { status: 'asking' }))
    try {
      const prediction = await call('predict', {
        params: { id: runId },
        query: node === undefined ? {} : { node },
        upload: photo,
        signal: abort.signal,
      })
      setAttempt({ status: 'done', prediction })
    } catch (error) {
      if (!isAbort(error)) setAttempt({ status: 'failed', message: messageOf(error) })
    }
  }
  return { attempt, image, ask }
}

function ModelChoice({
  models,
  nameOf,
  value,
  onChange,
}: Omit<TryItProps, 'runId'> & { readonly value: string; readonly onChange: (node: string) => void }): ReactElement {
  return (
    <label className="try-model">
      Model{' '}
      <select className="select" value={value} onChange={(event) => onChange(event.target.value)}>
        {models.map(({ node }) => (
          <option key={node} value={node}>
            {nameOf(node)}
          </option>
        ))}
      </select>
    </label>
  )
}

function PhotoButton({ onPhoto }: { readonly onPhoto: (photo: Blob) => void }): ReactElement {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button size="s" icon="upload" onClick={() => input.current?.click()}>
        Choose a photo
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Photo to try"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file !== undefined) onPhoto(file)
          event.target.value = ''
        }}
      />
    </>
  )
}

function Preview({ image }: { readonly image: Blob | null }): ReactElement {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (image === null) return
    const made = URL.createObjectURL(image)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [image])
  if (url === null)
    return (
      <p className="drop-hint">
        <Icon name="upload" size={20} />
        Drop a photo here
      </p>
    )
  return <img className="drop-image" src={url} alt="Your photo" />
}

function Bars({
  prediction: { several, classNames, probabilities, chosen, milliseconds },
}: {
  readonly prediction: Prediction
}): ReactElement {
  const ranked = classNames
    .map((name, index) => ({ name, index, probability: probabilities[index] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability)
  return (
    <>
      {several && (
        <p className="try-said">
          In this image: <b>{chosen.map((index) => classNames[index] ?? index).join(', ') || 'none of the classes'}</b>
        </p>
      )}
      <ul className="bars">
        {ranked.slice(0, shownClasses).map(({ name, index, probability }) => (
          <li key={name} {...(chosen.includes(index) && { 'data-chosen': true })}>
            <span className="bar-name" title={name}>
              <bdi>{shortened(name, 24)}</bdi>
            </span>
            <span className="bar-track">
              <span style={{ inlineSize: `${probability * 100}%`, background: classColor(index) }} />
            </span>
            <span className="bar-value numeric">{percent(probability)}</span>
          </li>
        ))}
      </ul>
      <p className="muted numeric">
        {ranked.length > shownClasses ? `${ranked.length - shownClasses} more classes below. ` : ''}
        {Math.round(milliseconds)} ms
      </p>
    </>
  )
}
