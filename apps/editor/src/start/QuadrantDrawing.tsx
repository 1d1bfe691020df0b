import type { TemplateSummary } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { Icon, type IconName } from '../ui/Icon.js'
import { quadrants } from './quadrants.js'
import { StageDrawing } from './StageDrawing.js'

export interface QuadrantDrawingProps {
  /** Null: on their way. */
  readonly templates: readonly TemplateSummary[] | null
  readonly opening: string | null
  readonly onOpen: (template: TemplateSummary) => void
}

/**
 * The plane of transfer learning: how many images, and how much like the source. A recipe in every corner, and beside
 * it those for any folder.
 */
export function QuadrantDrawing({ templates, opening, onOpen }: QuadrantDrawingProps): ReactElement {
  const anyData = templates?.filter(({ quadrant }) => quadrant === null) ?? []
  return (
    <div className="recipes">
      <div className="plane">
        <p className="plane-axis plane-y" aria-hidden="true">
          <span>many images</span>
          <span>few</span>
        </p>
        <div className="plane-grid">
          {quadrants.map((quadrant) => {
            const template = templates?.find(
              (candidate) =>
                candidate.quadrant?.size === quadrant.size && candidate.quadrant.similarity === quadrant.similarity,
            )
            const title =
              template?.title ?? `${quadrant.size === 'small' ? 'Small' : 'Large'} and ${quadrant.similarity}`
            return (
              <button
                key={title}
                type="button"
                className="recipe"
                disabled={template === undefined || opening !== null}
                aria-busy={opening !== null && opening === template?.id}
                onClick={() => template !== undefined && onOpen(template)}
              >
                <span className="recipe-head">
                  <span className="recipe-title">{title}</span>
                  <StageDrawing stages={quadrant.stages} />
                </span>
                <span className="recipe-summary">
                  {template?.summary ?? (templates === null ? 'Loading…' : 'This server has no such template.')}
                </span>
                <span className="recipe-when">{quadrant.when}</span>
              </button>
            )
          })}
        </div>
        <p className="plane-axis plane-x" aria-hidden="true">
          <span>like everyday photos</span>
          <span>nothing like them</span>
        </p>
        <ul className="fate-legend" aria-label="What the drawings mean">
          <li className="fate-frozen">
            <span />
            kept as it is
          </li>
          <li className="fate-slow">
            <span />
            trained slowly
          </li>
          <li className="fate-fresh">
            <span />
            from scratch
          </li>
          <li className="fate-cut">
            <span />
            cut off
          </li>
          <li className="fate-head">
            <span />
            new head
          </li>
        </ul>
      </div>
      <div className="own-photos">
        <h3>Your photos</h3>
        <p className="muted">A folder with one folder per class, on this machine or dropped from another.</p>
        {templates === null && (
          <p className="muted" role="status">
            Loading…
          </p>
        )}
        <RecipeList
          templates={anyData.filter(({ needsPhotos }) => needsPhotos)}
          icon="folder"
          {...{ opening, onOpen }}
        />
        <h3>Several classes per image</h3>
        <RecipeList
          templates={anyData.filter(({ needsPhotos }) => !needsPhotos)}
          icon="data"
          {...{ opening, onOpen }}
        />
      </div>
    </div>
  )
}

function RecipeList({
  templates,
  icon,
  opening,
  onOpen,
}: Pick<QuadrantDrawingProps, 'opening' | 'onOpen'> & {
  readonly templates: readonly TemplateSummary[]
  readonly icon: IconName
}): ReactElement[] {
  return templates.map((template) => (
    <button
      key={template.id}
      type="button"
      className={`recipe ${template.needsPhotos ? 'recipe-own' : ''}`}
      disabled={opening !== null}
      aria-busy={opening === template.id}
      onClick={() => onOpen(template)}
    >
      <span className="recipe-head">
        <span className="recipe-title">
          <Icon name={icon} /> {template.title}
        </span>
      </span>
      <span className="recipe-summary">{template.summary}</span>
    </button>
  ))
}
