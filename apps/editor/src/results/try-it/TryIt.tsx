import type { Prediction } from '@graft/graph-schema'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { call, isAbort, messageOf } from '../../api/client.js'
import { percent } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
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

/**
 * Drop a photo, choose one or use the camera, and see what the network thinks. The image goes to this runner and
 * nowhere else.
 */
export function TryIt({
  runId,
  models,
  nameOf,
}: {
  readonly runId: string
  readonly models: readonly ModelResult[]
  readonly nameOf: (node: string) => string
}): ReactElement {
  const [node, setNode] = useState<string | null>(null)
  const [attempt, setAttempt] = useState<Attempt>({ status: 'idle' })
  const [image, setImage] = useState<Blob | null>(null)
  const [over, setOver] = useState(false)
  const [camera, setCamera] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const asking = useRef<AbortController | null>(null)
  const chosen = models.find((model) => model.node === node) ?? models.at(-1)

  const ask = async (photo: Blob): Promise<void> => {
    asking.current?.abort()
    const abort = new AbortController()
    asking.current = abort
    setImage(photo)
    setAttempt((last) => (last.status === 'done' ? last : { status: 'asking' }))
    try {
      const prediction = await call('predict', {
        params: { id: runId },
        query: chosen === undefined ? {} : { node: chosen.node },
        upload: photo,
        signal: abort.signal,
      })
      setAttempt({ status: 'done', prediction })
    } catch (error) {
      if (!isAbort(error)) setAttempt({ status: 'failed', message: messageOf(error) })
    }
  }
  useEffect(() => () => asking.current?.abort(), [])
  return (
    <Card title="Try it" note="The photo goes to your own Graft server and nowhere else." className="try-card">
      {models.length > 1 && (
        <label className="try-model">
          Model{' '}
          <select className="select" value={chosen?.node ?? ''} onChange={(event) => setNode(event.target.value)}>
            {models.map((model) => (
              <option key={model.node} value={model.node}>
                {nameOf(model.node)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div
        className={`drop-zone${over ? ' drop-zone-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          event.stopPropagation()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          event.stopPropagation()
          setOver(false)
          const [file] = event.dataTransfer.files
          if (file !== undefined) void ask(file)
        }}
      >
        {camera ? (
          <Webcam onFrame={(frame) => void ask(frame)} onClose={() => setCamera(false)} />
        ) : (
          <Preview image={image} />
        )}
        <div className="drop-actions">
          <Button size="s" icon="upload" onClick={() => input.current?.click()}>
            Choose a photo
          </Button>
          {typeof navigator.mediaDevices?.getUserMedia === 'function' && (
            <Button size="s" icon="camera" onClick={() => setCamera(!camera)}>
              {camera ? 'Stop camera' : 'Camera'}
            </Button>
          )}
        </div>
        <input
          ref={input}
          type="file"
          accept="image/*"
          className="visually-hidden"
          tabIndex={-1}
          aria-label="Photo to try"
          onChange={(event) => {
            const [file] = event.target.files ?? []
            if (file !== undefined) void ask(file)
            event.target.value = ''
          }}
        />
      </div>
      <div className="try-answer" role="status">
        {attempt.status === 'asking' && <p className="muted">Looking…</p>}
        {attempt.status === 'failed' && <p className="card-problem">{attempt.message}</p>}
        {attempt.status === 'done' && <Bars prediction={attempt.prediction} />}
      </div>
    </Card>
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
  prediction: { classNames, probabilities, milliseconds },
}: {
  readonly prediction: Prediction
}): ReactElement {
  const ranked = classNames
    .map((name, index) => ({ name, index, probability: probabilities[index] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability)
  return (
    <>
      <ul className="bars">
        {ranked.slice(0, shownClasses).map(({ name, index, probability }) => (
          <li key={name}>
            <span className="bar-name">{name}</span>
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
