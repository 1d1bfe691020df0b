import type { TemplateSummary } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { ChoiceCard } from './ChoiceCard.js'
import type { Suggestion } from './suggest-recipe.js'

export interface RecipeChoiceProps {
  readonly recipes: readonly TemplateSummary[]
  readonly suggestion: Suggestion | null
  readonly chosen: string | null
  readonly onChoose: (id: string) => void
}

/** The recipes as cards; the suggested one says why. */
export function RecipeChoice({ recipes, suggestion, chosen, onChoose }: RecipeChoiceProps): ReactElement {
  return (
    <div className="photos-cards" role="radiogroup" aria-label="Recipe">
      {recipes.map(({ id, title, summary }) => (
        <ChoiceCard
          key={id}
          group="recipe"
          title={title}
          text={summary}
          checked={id === chosen}
          onChoose={() => onChoose(id)}
          {...(id === suggestion?.id && { badge: 'Suggested', reason: suggestion.reason })}
        />
      ))}
    </div>
  )
}
