import { useId, useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import type { NodeManifest } from '@graft/graph-schema'
import { dispatch, resetParams, useEditor, useManifestOf, useNode, useNodeProblems } from '../document/store.js'
import { useNodeRun, useRunProblem } from '../run/run-store.js'
import { Button } from '../ui/Button.js'
import { Icon } from '../ui/Icon.js'
import { FedParams } from './FedParams.js'
import { FieldRow } from './FieldRow.js'
import { FormProblem } from './fields/FormProblem.js'
import { GraphForm } from './GraphForm.js'
import { NodeDoc } from './NodeDoc.js'
import { OwnValues } from './OwnValues.js'
import { Previews } from './previews/Previews.js'
import { showsItsEffect } from './previews/pick-previews.js'
import { StageRange } from './network/StageRange.js'
import { fieldsFromSchema } from './fields/fields-from-schema.js'
import { problemsOfNode, shortMessage } from './fields/field-problems.js'
import { applying, layOutForm, putAway, putAwayTitle } from './fields/form-layout.js'
import type { FormItem, PutAway } from './fields/form-layout.js'
import './forms.css'

/** The form of one node, drawn from its manifest. Knows no node types: a param asks for its widget by name. */
export function Inspector({
  nodeId,
}: {
  /** Null: none, or several, are selected. */
  readonly nodeId: string | null
}): ReactElement {
  return nodeId === null ? <GraphForm /> : <OneNode nodeId={nodeId} />
}

function OneNode({ nodeId }: { readonly nodeId: string }): ReactElement {
  const node = useNode(nodeId)
  const manifest = useManifestOf(nodeId)
  if (node === undefined) return <GraphForm />
  if (manifest === undefined || manifest.version !== node.version)
    return <UnknownNode nodeId={nodeId} type={node.type} params={node.params} newer={manifest !== undefined} />
  return <NodeForm key={nodeId} nodeId={nodeId} manifest={manifest} />
}

function NodeForm({ nodeId, manifest }: { readonly nodeId: string; readonly manifest: NodeManifest }): ReactElement {
  const all = useMemo(() => fieldsFromSchema(manifest.params), [manifest])
  // As text, so that typing into one field draws the others only when some come or go.
  const paths = useEditor((state) =>
    applying(all, state.document, nodeId)
      .map(({ path }) => path)
      .join(' '),
  )
  const fields = useMemo(() => {
    const shown = new Set(paths.split(' '))
    return all.filter(({ path }) => shown.has(path))
  }, [all, paths])
  const { main, advanced } = useMemo(() => layOutForm(fields), [fields])
  const problems = useNodeProblems(nodeId)
  const node = useNode(nodeId)
  const outputs = useNodeRun(nodeId)?.outputs
  const failure = useRunProblem(nodeId)
  const other = problemsOfNode(
    problems,
    fields.map(({ path }) => path),
  )
  const changed = Object.keys(node?.params ?? {}).length
  const hidden = useEditor((state) => putAway(advanced, state.document, nodeId, problems, failure?.field), samePutAway)
  return (
    <div className="form">
      <header className="form-header">
        <h2>{node?.title ?? manifest.title}</h2>
        <p>
          {node?.title === undefined ? manifest.category : `${manifest.title}, ${manifest.category}`}{' '}
          <code>{nodeId}</code>
        </p>
      </header>
      {node?.note !== undefined && (
        <p className="form-note">
          <Icon name="advice" size={14} /> {node.note}
        </p>
      )}
      <NodeDoc manifest={manifest} />
      {failure !== undefined && (failure.field === undefined || !fields.some(({ path }) => path === failure.field)) && (
        <FormProblem message={failure.message} fix={failure.fix} severity="error" />
      )}
      {other.map((problem, index) => (
        <FormProblem
          key={`${problem.code} ${problem.field ?? ''} ${index}`}
          message={shortMessage(problem)}
          fix={problem.fix}
          severity={problem.severity}
        />
      ))}
      {showsItsEffect(manifest) && <Previews nodeId={nodeId} isLarge />}
      <FormItems nodeId={nodeId} items={main} />
      {advanced.length > 0 && (
        <Disclosure title={putAwayTitle(hidden)} demand={hidden}>
          <FormItems nodeId={nodeId} items={advanced} />
        </Disclosure>
      )}
      <FedParams nodeId={nodeId} manifest={manifest} outputs={outputs} />
      <OwnValues manifest={manifest} outputs={outputs} />
      {!showsItsEffect(manifest) && <Previews nodeId={nodeId} />}
      {fields.length > 0 && (
        <Button
          size="s"
          variant="ghost"
          icon="reset"
          className="form-reset"
          disabled={changed === 0}
          onClick={() => dispatch(resetParams(nodeId))}
        >
          Reset all fields
        </Button>
      )}
    </div>
  )
}

const samePutAway = (left: PutAway, right: PutAway): boolean =>
  left.changed === right.changed && left.wrong === right.wrong

function FormItems({ nodeId, items }: { readonly nodeId: string; readonly items: readonly FormItem[] }): ReactElement {
  return (
    <>
      {items.map((item) =>
        item.kind === 'field' ? (
          <FieldRow key={item.field.path} nodeId={nodeId} field={item.field} />
        ) : (
          <StageRange key={item.from.path} nodeId={nodeId} from={item.from} to={item.to} />
        ),
      )}
    </>
  )
}

/**
 * Opens itself when something in it is set or becomes wrong; closed by hand, it stays so until something new is wrong.
 */
function Disclosure({
  title,
  demand: { changed, wrong },
  children,
}: {
  readonly title: string
  readonly demand: PutAway
  readonly children: ReactElement
}): ReactElement {
  const id = useId()
  const [open, setOpen] = useState(changed > 0 || wrong > 0)
  const [seen, setSeen] = useState(wrong)
  if (wrong !== seen) {
    setSeen(wrong)
    if (wrong > seen) setOpen(true)
  }
  return (
    <div className="form-more">
      <button
        type="button"
        className="form-more-button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'chevronDown' : 'chevronRight'} size={14} />
        {title}
      </button>
      <div id={id} className="form-more-fields" hidden={!open}>
        {open && children}
      </div>
    </div>
  )
}

/** A node whose type isn't installed, or of another version: its params are shown and stay as they are. */
function UnknownNode({
  nodeId,
  type,
  params,
  newer,
}: {
  readonly nodeId: string
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
  readonly newer: boolean
}): ReactElement {
  return (
    <div className="form">
      <header className="form-header">
        <h2>{type}</h2>
        <p>
          <code>{nodeId}</code>
        </p>
      </header>
      <FormProblem
        severity="warning"
        message={
          newer ? `This node was made with another version of “${type}”.` : `The node type “${type}” is not installed.`
        }
        fix={
          newer
            ? 'Update Graft, or add the node again.'
            : 'Install the plugin that provides it. The node keeps its fields as they are.'
        }
      />
      <pre className="form-raw" tabIndex={0} aria-label="Fields of this node, as stored">
        {JSON.stringify(params, null, 2)}
      </pre>
    </div>
  )
}
