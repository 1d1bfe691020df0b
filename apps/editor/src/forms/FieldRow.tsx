import { edgeKey } from '@graft/graph-schema'
import type { GraphDocument, GraphEdge } from '@graft/graph-schema'
import { useId } from 'react'
import type { ReactElement } from 'react'
import { disconnect } from '../document/commands/edges.js'
import { dispatch, paramAt, setParam, useEditor, useNodeProblems } from '../document/store.js'
import { useRunProblem } from '../run/run-store.js'
import { IconButton } from '../ui/Button.js'
import type { Field } from './fields/field.js'
import { fieldMessage, problemsOfField } from './fields/field-problems.js'
import { InlineCode } from './InlineCode.js'
import { FormProblem } from './fields/FormProblem.js'
import { describeBounds } from './fields/number-input.js'
import { widgetOf } from './widget-of.js'

export interface FieldRowProps {
  readonly nodeId: string
  readonly field: Field
}

/** One field: label, widget, unit, help, the way back to its default, and what is wrong with it. */
export function FieldRow({ nodeId, field }: FieldRowProps): ReactElement {
  const id = useId()
  const value = useEditor((state) => paramAt(state.document, nodeId, field.path))
  const wire = useEditor((state) => wireInto(state.document, nodeId, field.path))
  const problems = problemsOfField(useNodeProblems(nodeId), field.path)
  const failure = useRunProblem(nodeId)
  const ofRun = failure?.field === field.path ? failure : null
  const Widget = widgetOf(field.widget)
  const isSet = value !== undefined && !sameValue(value, field.initial)
  const helpId = `${id}-help`
  const problemId = `${id}-problem`
  const described = [field.description === '' ? '' : helpId, problems.length > 0 || ofRun !== null ? problemId : '']
    .filter((part) => part !== '')
    .join(' ')
  const isWrong = ofRun !== null || problems.some(({ severity }) => severity === 'error')
  return (
    <div className={`field field-${field.widget}${isWrong ? ' field-wrong' : ''}`} data-field={field.path}>
      <div className="field-head">
        <label className="field-label" id={`${id}-label`} htmlFor={id}>
          {field.title}
          {field.required && (
            <span className="field-required" title="Required">
              {' '}
              *
            </span>
          )}
        </label>
        {field.unit !== null && field.widget !== 'number' && <span className="field-unit">{field.unit}</span>}
        <IconButton
          icon="reset"
          size="s"
          className="field-reset"
          label={
            field.initial === undefined ? `Clear ${field.title}` : `Reset ${field.title} to ${shortly(field.initial)}`
          }
          disabled={!isSet}
          onClick={() => dispatch(setParam(nodeId, field.path, undefined))}
        />
      </div>
      {wire === undefined ? (
        <Widget
          nodeId={nodeId}
          field={field}
          id={id}
          labelId={`${id}-label`}
          {...(described !== '' && { describedBy: described })}
          isWrong={isWrong}
          value={value === undefined ? field.initial : value}
          onChange={(next) => dispatch(setParam(nodeId, field.path, sameValue(next, field.initial) ? undefined : next))}
        >
          {field.fields.map((inner) => (
            <FieldRow key={inner.path} nodeId={nodeId} field={inner} />
          ))}
        </Widget>
      ) : (
        <FedFrom wire={wire} title={field.title} />
      )}
      {field.description !== '' && (
        <p className="field-help" id={helpId}>
          <InlineCode text={field.description} />{' '}
          {field.widget === 'number' && <span className="field-bounds">{describeBounds(field.range)}</span>}
        </p>
      )}
      <div id={problemId}>
        {problems.map((problem, index) => (
          <FormProblem key={`${problem.code} ${index}`} {...fieldMessage(problem, field)} severity={problem.severity} />
        ))}
        {ofRun !== null && <FormProblem message={ofRun.message} fix={ofRun.fix} severity="error" />}
      </div>
    </div>
  )
}

const wireInto = ({ edges }: Pick<GraphDocument, 'edges'>, node: string, port: string): GraphEdge | undefined =>
  edges.find(({ to }) => to.node === node && to.port === port)

/** In place of a widget: the output that feeds this parameter, and the way to type a number again. */
function FedFrom({ wire, title }: { readonly wire: GraphEdge; readonly title: string }): ReactElement {
  return (
    <p className="field-fed">
      <span>
        from{' '}
        <code>
          {wire.from.node}.{wire.from.port}
        </code>
      </span>
      <IconButton
        icon="close"
        size="s"
        label={`Disconnect ${title} from ${wire.from.node}.${wire.from.port}`}
        onClick={() => dispatch(disconnect([edgeKey(wire)]))}
      />
    </p>
  )
}

const sameValue = (left: unknown, right: unknown): boolean =>
  Object.is(left, right) || JSON.stringify(left) === JSON.stringify(right)

function shortly(value: unknown): string {
  if (value === '') return 'empty'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 37)}…` : text
}
