import type { Port } from '@graft/graph-schema'
import { kindName } from '../../document/graph/kind-name.js'
import { nodeOf } from '@graft/graph-schema'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { connect } from '../../document/commands/edges.js'
import { targetsOf } from '../../document/graph/connect.js'
import type { Side, Target } from '../../document/graph/connect.js'
import { portNames } from '../../document/graph/geometry.js'
import { announce, dispatch, editor, getDocument, getManifests } from '../../document/store.js'
import { TypeIcon } from '../../node-types/TypeIcon.js'
import type { Searchable } from '../../ui/lists/search.js'
import { Dialog } from '../../ui/Dialog.js'
import { SearchList } from '../../ui/lists/SearchList.js'
import { ui } from '../../page/page-store.js'
import { toast } from '../../ui/toasts/toast.js'

interface PortChoice extends Searchable {
  readonly port: string
  readonly side: Side
  readonly kind: Port['kind'] | undefined
  readonly taken: number
}

const close = (): void => ui.set({ dialog: null })

/** Draws a wire without a mouse: choose a port of the selected node, then one of the ports that fit. */
export function ConnectDialog(): ReactElement | null {
  const [node] = useState(() => editor.get().selection.nodes.at(-1))
  // Where there is one port, there is nothing to ask.
  const [only] = useState(() => (node === undefined ? null : onlyOne(portChoices(node))))
  const [port, setPort] = useState(only)
  if (node === undefined) return null
  const name =
    nodeOf(getDocument(), node)?.title ?? getManifests().get(nodeOf(getDocument(), node)?.type ?? '')?.title ?? node
  return (
    <Dialog title={`Connect ${name}`} onClose={close} className="command-dialog">
      {port === null ? (
        <ChoosePort node={node} onChoose={setPort} />
      ) : (
        <ChooseTarget node={node} port={port} onBack={() => (only === null ? setPort(null) : close())} />
      )}
    </Dialog>
  )
}

const onlyOne = <Item,>(items: readonly Item[]): Item | null => (items.length === 1 ? (items[0] ?? null) : null)

function ChoosePort({
  node,
  onChoose,
}: {
  readonly node: string
  readonly onChoose: (port: PortChoice) => void
}): ReactElement {
  return (
    <SearchList
      label="Port to connect from"
      placeholder="Which port?"
      items={portChoices(node)}
      keyOf={({ side, port }) => `${side} ${port}`}
      groupOf={({ side }) => (side === 'output' ? 'Outputs' : 'Inputs')}
      empty="This node has no ports."
      onChoose={onChoose}
      onEscape={close}
      render={({ title, kind, taken }) => (
        <>
          <span className={`port-dot port-kind-${kindName(kind)}`} />
          <span>{title}</span>
          <span className="option-end">
            {kind ?? 'unknown'}
            {taken > 0 && ` · ${taken} ${taken === 1 ? 'wire' : 'wires'}`}
          </span>
        </>
      )}
    />
  )
}

function ChooseTarget({
  node,
  port,
  onBack,
}: {
  readonly node: string
  readonly port: PortChoice
  readonly onBack: () => void
}): ReactElement {
  const start = { node, port: port.port }
  const items = targetsOf(getDocument(), getManifests(), start, port.side).map((target) => ({
    target,
    title: `${target.title} · ${target.portTitle}`,
    words: target.end.node,
  }))
  const choose = ({ end, refusal }: Target): void => {
    close()
    if (refusal !== null) {
      announce(`Not connected: ${refusal.message}`)
      return toast('info', refusal.message, refusal.fix)
    }
    dispatch(
      port.side === 'output'
        ? connect(getDocument(), getManifests(), start, end)
        : connect(getDocument(), getManifests(), end, start),
    )
  }
  return (
    <SearchList
      key={port.port}
      label={`Where to connect ${port.title}`}
      placeholder={`Connect ${port.title} ${port.side === 'output' ? 'to' : 'from'}…`}
      items={items}
      keyOf={({ target }) => `${target.end.node}.${target.end.port}`}
      empty={`No other node has a free ${port.kind} ${port.side === 'output' ? 'input' : 'output'} that fits. Add one first.`}
      onChoose={({ target }) => choose(target)}
      onEscape={onBack}
      render={({ target, title }) => (
        <>
          <TypeIcon manifest={getManifests().get(nodeOf(getDocument(), target.end.node)?.type ?? '')} />
          {target.refusal === null ? (
            <span>{title}</span>
          ) : (
            <span className="option-text">
              <span>{title}</span>
              <span className="option-note">Does not fit: {target.refusal.message}</span>
            </span>
          )}
          <span className="option-end">
            {target.replaces === null || target.refusal !== null
              ? target.end.node
              : `${target.end.node}, replaces a wire`}
          </span>
        </>
      )}
    />
  )
}

/** Outputs first: that is the direction in which people think. */
function portChoices(node: string): readonly PortChoice[] {
  const document = getDocument()
  const manifest = getManifests().get(nodeOf(document, node)?.type ?? '')
  const names = portNames(document, node, manifest)
  return (['output', 'input'] as const).flatMap((side) =>
    names[`${side}s`].map((port): PortChoice => {
      const known = manifest?.[`${side}s`][port]
      const taken = document.edges.filter(({ from, to }) =>
        side === 'output' ? from.node === node && from.port === port : to.node === node && to.port === port,
      ).length
      return { port, side, title: known?.title ?? port, kind: known?.kind, taken }
    }),
  )
}
