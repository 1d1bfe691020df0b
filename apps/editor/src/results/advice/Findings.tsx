import type { AdvicePicture, AdviceValue } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { Image } from '../../api/Image.js'
import { counted } from '../../ui/format.js'
import { Icon } from '../../ui/Icon.js'
import { Card } from '../cards/Card.js'
import { advicePictures } from '../pictures/advice-pictures.js'
import { Lightbox } from '../pictures/Lightbox.js'
import { shortName } from '../pictures/picture.js'

type Finding = AdviceValue['findings'][number]

const shownAtFirst = 6

/** What was noticed about the images, each with those to look at. */
export function Findings({ advice }: { readonly advice: AdviceValue }): ReactElement {
  return (
    <Card
      title="What was noticed about your images"
      note="Choose an image to see it large."
      className="advice-findings"
    >
      {advice.findings.map((finding, index) => (
        <FindingView key={`${finding.kind} ${index}`} finding={finding} data={advice.data} />
      ))}
    </Card>
  )
}

function FindingView({
  finding,
  data,
}: {
  readonly finding: Finding
  readonly data: AdviceValue['data']
}): ReactElement {
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState<number | null>(null)
  const flat = finding.groups.flat()
  const pictures = advicePictures(flat, data)
  const shown = all ? finding.groups : finding.groups.slice(0, shownAtFirst)
  const wordsOf = (picture: AdvicePicture): string => pictureWords(picture, data.classNames)
  return (
    <article className="advice-finding">
      <h4>
        <Icon name={finding.severity === 'warning' ? 'warning' : 'info'} size={14} />
        <span className="visually-hidden">{finding.severity === 'warning' ? 'Warning: ' : 'Note: '}</span>
        {finding.title}
      </h4>
      <p>{finding.text}</p>
      <p className="muted">{finding.fix}</p>
      {shown.length > 0 && (
        <ul className="advice-groups">
          {shown.map((group, place) => (
            <li key={`${group[0]?.id ?? ''} ${place}`}>
              {group.map((picture) => (
                <button
                  key={picture.id}
                  type="button"
                  className="loss-open"
                  title={picture.id}
                  onClick={() => setOpen(flat.indexOf(picture))}
                >
                  <Image address={pictures[flat.indexOf(picture)]?.at(88) ?? null} alt="" size={88} />
                  <span>
                    {wordsOf(picture)} <small>{shortName(picture.id)}</small>
                  </span>
                </button>
              ))}
            </li>
          ))}
        </ul>
      )}
      {finding.groups.length > shownAtFirst && (
        <button type="button" className="link" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${finding.groups.length}`}
        </button>
      )}
      {finding.groups.length > 0 && finding.count > finding.groups.length && (
        <p className="muted">{counted(finding.count, 'case')} in all; these are the clearest.</p>
      )}
      {open !== null && (
        <Lightbox
          pictures={pictures}
          first={open}
          classNames={data.classNames}
          onClose={() => setOpen(null)}
          controls={({ id }) => {
            const picture = flat.find((candidate) => candidate.id === id)
            return picture?.otherLabel === undefined ? null : (
              <p>
                The images most like it are of <bdi>{data.classNames[picture.otherLabel] ?? picture.otherLabel}</bdi>.
              </p>
            )
          }}
        />
      )}
    </article>
  )
}

function pictureWords({ label, otherLabel }: AdvicePicture, classNames: readonly string[]): string {
  const own = label < 0 ? 'no class' : (classNames[label] ?? String(label))
  return otherLabel === undefined ? own : `${own}, looks like ${classNames[otherLabel] ?? otherLabel}`
}
