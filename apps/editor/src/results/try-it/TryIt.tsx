import type { Familiarity } from '@graft/graph-schema'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { call } from '../../api/client.js'
import { Button } from '../../ui/Button.js'
import { DropZone } from '../../ui/DropZone.js'
import { Icon } from '../../ui/Icon.js'
import { Card } from '../cards/Card.js'
import { ExplainToggle } from '../explain/ExplainToggle.js'
import { HeatMap } from '../explain/HeatMap.js'
import { familiarityWords } from '../explain/explanation-words.js'
import { useExplanation } from '../explain/use-explanation.js'
import { Bars } from './Bars.js'
import { useAttempt } from './use-attempt.js'
import { useFamiliarity } from './use-familiarity.js'
import { Webcam } from './Webcam.js'
import type { ModelResult } from '../read/run-results.js'

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
  const { attempt, attempts, image, ask } = useAttempt(runId, chosen?.node)
  const [explaining, setExplaining] = useState(false)
  // Frames of a camera come faster than one can be covered part by part.
  const photo = camera || attempt.status !== 'done' ? null : image
  const explained = useExplanation(
    explaining && photo !== null
      ? (signal) =>
          call('explain', {
            params: { id: runId },
            query: chosen === undefined ? {} : { node: chosen.node },
            upload: photo,
            signal,
          })
      : null,
    `${attempts} ${chosen?.node ?? ''}`,
  )
  const familiarity = useFamiliarity(runId, chosen?.node, photo)
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
          <span className="heat-frame">
            <Preview image={image} />
            {explained.status === 'done' && <HeatMap explanation={explained.explanation} />}
          </span>
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
        {familiarity !== null && <Familiar familiarity={familiarity} />}
        {photo !== null && <ExplainToggle explained={explained} onToggle={() => setExplaining(!explaining)} />}
      </div>
    </Card>
  )
}

function Familiar({ familiarity }: { readonly familiarity: Familiarity }): ReactElement | null {
  const words = familiarityWords(familiarity)
  if (words === null) return null
  return <p className={familiarity.unfamiliar ? 'card-problem' : 'muted'}>{words}</p>
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
