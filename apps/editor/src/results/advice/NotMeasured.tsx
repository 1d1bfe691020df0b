import type { AdviceValue } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { counted, duration, whole } from '../../ui/format.js'
import { Card } from '../cards/Card.js'

/** What these numbers don't say, and how the others came about. */
export function NotMeasured({ advice }: { readonly advice: AdviceValue }): ReactElement {
  const { method, networks, data } = advice
  const open = [...advice.recommendation.notMeasured, ...advice.unknowns.map(({ words }) => words)]
  return (
    <Card title="What was not measured">
      {open.length > 0 && (
        <ul className="advice-list">
          {open.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>How the numbers came about</summary>
        <p>{method.words}</p>
        <dl className="facts numeric">
          <div>
            <dt>Time</dt>
            <dd>
              {duration(method.seconds)} on {method.engine}
            </dd>
          </div>
          {networks.map(({ id, title, computed, cached }) => (
            <div key={id}>
              <dt>{title}</dt>
              <dd>
                {counted(computed, 'image')} looked at, {whole(cached)} known from before
              </dd>
            </div>
          ))}
          {data.sealed > 0 && (
            <div>
              <dt>Set aside</dt>
              <dd>{counted(data.sealed, 'test image')}, not looked at</dd>
            </div>
          )}
          {data.unlabelled > 0 && (
            <div>
              <dt>Left out</dt>
              <dd>{counted(data.unlabelled, 'image')} without a class</dd>
            </div>
          )}
        </dl>
      </details>
    </Card>
  )
}
