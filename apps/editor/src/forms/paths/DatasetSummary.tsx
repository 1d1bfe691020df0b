import type { DatasetSummary as Summary } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { counted, shortened, whole } from '../../ui/format.js'
import { classColor } from '../../charts/class-colors.js'
import { Icon } from '../../ui/Icon.js'
import { Image } from '../../api/Image.js'

const shownAtFirst = 8

/** What is in a folder of images: classes with counts and a few images, splits, and what can't be used. */
export function DatasetSummary({ summary }: { readonly summary: Summary }): ReactElement {
  const [all, setAll] = useState(false)
  const most = Math.max(1, ...summary.classes.map(({ count }) => count))
  const shown = all ? summary.classes : summary.classes.slice(0, shownAtFirst)
  const splits = (['train', 'val', 'test'] as const)
    .filter((split) => summary.splits[split] > 0)
    .map((split) => `${whole(summary.splits[split])} ${split}`)
  return (
    <div className="dataset">
      <p className="dataset-line numeric">
        <b>{counted(summary.count, 'image')}</b> in {counted(summary.classes.length, 'class', 'classes')}
        {splits.length === 0 ? '' : ` (${splits.join(', ')})`}
      </p>
      <ul>
        {shown.map(({ name, count, samples }, index) => (
          <li key={name} className="dataset-class">
            <span className="dataset-samples">
              {samples.slice(0, 3).map((address) => (
                <Image key={address} address={address} alt="" size={30} />
              ))}
            </span>
            <span className="dataset-name" title={name}>
              <bdi>{shortened(name, 28)}</bdi>
            </span>
            <span className="dataset-bar" aria-hidden="true">
              <span style={{ inlineSize: `${(100 * count) / most}%`, background: classColor(index) }} />
            </span>
            <span className="dataset-count numeric">{whole(count)}</span>
          </li>
        ))}
      </ul>
      {summary.classes.length > shownAtFirst && (
        <button type="button" className="link" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${summary.classes.length} classes`}
        </button>
      )}
      <Noticed summary={summary} />
      {summary.skipped.length > 0 && (
        <details className="dataset-skipped">
          <summary>
            <Icon name="warning" size={14} />
            {counted(summary.skipped.length, 'file')} can’t be used
          </summary>
          <ul>
            {summary.skipped.slice(0, 50).map(({ file, reason }) => (
              <li key={file}>
                <code>{file}</code> {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

/** What is odd about the images, in the words of the node that reads them. */
function Noticed({ summary: { warnings = [], copies = 0 } }: { readonly summary: Summary }): ReactElement | null {
  const texts = [
    ...warnings,
    ...(copies > 0
      ? [
          `${counted(copies, 'image')} ${copies === 1 ? 'is an exact copy' : 'are exact copies'} of another. Split keeps copies together.`,
        ]
      : []),
  ]
  if (texts.length === 0) return null
  return (
    <ul className="dataset-noticed">
      {texts.map((text) => (
        <li key={text}>
          <Icon name="warning" size={14} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
