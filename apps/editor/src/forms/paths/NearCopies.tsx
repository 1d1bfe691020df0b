import type { NearCopies as Found } from '@graft/graph-schema'
import { useCallback, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { call } from '../../api/client.js'
import { Image } from '../../api/Image.js'
import { useCall } from '../../api/use-call.js'
import { Button } from '../../ui/Button.js'
import { counted, whole } from '../../ui/format.js'
import { Icon } from '../../ui/Icon.js'
import { useFocusKept } from '../../ui/use-focus-kept.js'

/** Looks for images that show the same in different classes or splits: all are decoded, so only when asked. */
export function NearCopies({ path }: { readonly path: string }): ReactElement {
  const [asked, setAsked] = useState<string | null>(null)
  const isAsked = asked === path
  const ask = useCallback(
    async (signal: AbortSignal) => (isAsked ? call('findNearCopies', { query: { path }, signal }) : null),
    [isAsked, path],
  )
  const looked = useCall(ask)
  const found = looked.status === 'ready' ? looked.value : null
  const box = useRef<HTMLDivElement>(null)
  useFocusKept(box, found)
  return (
    <div ref={box} className="near-copies" role="group" aria-label="Near copies" tabIndex={-1}>
      {found === null ? (
        <Ask
          isLooking={isAsked && looked.status === 'loading'}
          onAsk={() => (isAsked ? looked.again() : setAsked(path))}
        />
      ) : (
        <Pairs found={found} />
      )}
      {looked.status === 'failed' && (
        <p className="form-problem form-problem-error" role="alert">
          {looked.error.message}
        </p>
      )}
    </div>
  )
}

/** Not switched off while it looks: that would take the focus from it. */
function Ask({ isLooking, onAsk }: { readonly isLooking: boolean; readonly onAsk: () => void }): ReactElement {
  return (
    <Button size="s" icon="search" aria-busy={isLooking} onClick={() => !isLooking && onAsk()}>
      {isLooking ? 'Comparing all images…' : 'Look for near copies'}
    </Button>
  )
}

function Pairs({ found: { pairs, count, compared, images } }: { readonly found: Found }): ReactElement {
  const among = compared < images ? ` among ${whole(compared)} of ${counted(images, 'image')}` : ''
  if (count === 0)
    return (
      <p className="network-note" role="status">
        No image looks like one of another class or split{among}.
      </p>
    )
  return (
    <>
      <p role="status">
        <Icon name="warning" size={14} />{' '}
        {`${counted(count, 'pair')} of images look the same in different classes or splits${among}. A copy in another class is a wrong label, one in another split makes results look better than they are.`}
      </p>
      <ul className="near-pairs" tabIndex={0} aria-label="Pairs that look the same">
        {pairs.map(([one, other]) => (
          <li key={`${one.file} ${other.file}`}>
            {[one, other].map(({ file, className, split, thumbnail }) => (
              <figure key={file} title={file}>
                <Image address={thumbnail} alt="" size={72} />
                <figcaption>
                  <bdi>{className}</bdi>
                  {split === undefined ? '' : `, ${split}`}
                  <small>
                    <bdi>{file}</bdi>
                  </small>
                </figcaption>
              </figure>
            ))}
          </li>
        ))}
      </ul>
      {pairs.length < count && <p className="network-note">The first {pairs.length} are shown.</p>}
    </>
  )
}
