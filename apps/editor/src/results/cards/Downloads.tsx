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
}: {
  readonly files: readonly FileResult[]
  readonly nameOf: (node: string) => string
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
              onClick={() => attempt(saveArtifact(blob))}
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
