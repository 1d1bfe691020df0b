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

/** What becomes of a stage, as it is drawn. */
const legend = [
  ['frozen', 'kept as it is'],
  ['slow', 'trained slowly'],
  ['fresh', 'from scratch'],
  ['cut', 'cut off'],
  ['head', 'new head'],
] as const

/**
 * The plane of transfer learning: how many images, and how much like the source. A recipe in every corner, and beside
 * it those for any folder.
 */
export function QuadrantDrawing({ templates, opening, onOpen }: QuadrantDrawingProps): ReactElement {
  const anyData = templates?.filter(({ quadrant }) => quadrant === null) ?? []
  return (
    <div className="recipes">
      <section className="recipe-part" aria-labelledby="recipes-own">
        <h2 id="recipes-own">For your photos</h2>
        <p className="muted">
          {templates === null
            ? 'Loading…'
            : 'A folder with one folder per class, on this machine or dropped from another.'}
        </p>
        <div className="recipe-row">
          <RecipeList
            templates={anyData.filter(({ needsPhotos }) => needsPhotos)}
            icon="folder"
            {...{ opening, onOpen }}
          />
        </div>
      </section>
      <section className="recipe-part" aria-labelledby="recipes-generated">
        <h2 id="recipes-generated">To try on generated images</h2>
        <p className="muted">
          These run as they are, on pictograms and textures that Graft draws. For your own folder, the same recipes are
          offered by “Use my photos”.
        </p>
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
            {legend.map(([fate, words]) => (
              <li key={fate} className={`fate-${fate}`}>
                <span />
                {words}
              </li>
            ))}
          </ul>
        </div>
        <div className="recipe-row">
          <RecipeList
            templates={anyData.filter(({ needsPhotos }) => !needsPhotos)}
            icon="data"
            {...{ opening, onOpen }}
          />
        </div>
      </section>
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
