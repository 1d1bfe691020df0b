import { useState } from 'react'
import type { ReactElement } from 'react'
import { openArtifact, saveArtifact } from '../../api/artifact.js'
import { messageOf } from '../../api/client.js'
import { bytes } from '../../ui/format.js'
import { Button } from '../../ui/Button.js'
import { Icon } from '../../ui/Icon.js'
import { Card } from './Card.js'
import type { FileResult } from '../read/run-results.js'

/** Files that the run made: report, model, predictions. */
export function Downloads({
  files,
  nameOf,
  graph,
}: {
  readonly files: readonly FileResult[]
  readonly nameOf: (node: string) => string
  /** Name of the graph, by which downloads of several can be told apart. */
  readonly graph: string
}): ReactElement {
  const [failure, setFailure] = useState<string | null>(null)
  const attempt = (work: Promise<void>): void => {
    setFailure(null)
    work.catch((error: unknown) => setFailure(messageOf(error)))
  }
  return (
    <Card title="Files">
      <ul className="downloads">
        {files.map(({ node, blob, title, kind }) => (
          <li key={`${node} ${blob.sha256}`}>
            <Icon name={kind === 'report' ? 'note' : 'file'} />
            <span>
              <b>{title}</b>
              <small className="numeric">
                {nameOf(node)}, {bytes(blob.bytes)}
              </small>
            </span>
            {kind === 'report' && (
              <Button size="s" icon="open" onClick={() => attempt(openArtifact(blob))} aria-label={`Open ${title}`}>
                Open
              </Button>
            )}
            <Button
              size="s"
              icon="download"
              onClick={() => attempt(saveArtifact({ ...blob, name: fileNameOf(graph, blob.name ?? title) }))}
              aria-label={`Download ${title}`}
            >
              Download
            </Button>
          </li>
        ))}
      </ul>
      {failure !== null && (
        <p className="card-problem" role="alert">
          {failure}
        </p>
      )}
    </Card>
  )
}

/** `field-photos-model.onnx`: every run's files are called alike, and lie in one folder of downloads. */
export function fileNameOf(graph: string, name: string): string {
  const words = graph
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase()
    .slice(0, 60)
  return words === '' || name.toLowerCase().startsWith(words) ? name : `${words}-${name}`
}
