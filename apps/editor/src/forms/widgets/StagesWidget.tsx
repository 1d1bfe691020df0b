import type { ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'
import { ChoicesWidget } from './ChoicesWidget.js'
import { JsonWidget } from './JsonWidget.js'
import { namesIn, stagesValue } from '../network/stages-value.js'
import { useNetwork } from '../network/use-inspection.js'

/** Several stages of the network that arrives, each with a box to tick; a list to type while no network is known. */
export function StagesWidget(props: WidgetProps): ReactElement {
  const { nodeId, field, value, onChange } = props
  const network = useNetwork(nodeId)
  // No field for that moment: it would take the focus, and be gone with it when the network arrives.
  if (network.status === 'loading')
    return (
      <p className="network-note" role="status">
        Reading the network…
      </p>
    )
  if (network.status === 'none')
    return (
      <>
        <JsonWidget {...props} />
        <p className="network-note" role="status">
          {network.message}
        </p>
      </>
    )
  const stages = network.before.stages.map(({ name }) => name)
  const chosen = namesIn(value)
  const choices = [...stages, ...chosen.filter((name) => !stages.includes(name))]
  const titles = choices.map((name) => [name, stages.includes(name) ? name : `${name} (no stage of this network)`])
  const last = stages.at(-1)
  return (
    <>
      <ChoicesWidget
        {...props}
        field={{ ...field, choices, choiceTitles: Object.fromEntries(titles) as Readonly<Record<string, string>> }}
        onChange={(ticked) => onChange(stagesValue(chosen, namesIn(ticked), stages))}
      />
      {last !== undefined && !chosen.includes(last) && (
        <p className="network-note" role="status">
          The last stage, {last}, has to be among them.
        </p>
      )}
    </>
  )
}
