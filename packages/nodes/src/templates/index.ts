import { readFileSync } from 'node:fs'

/** A pipeline to start from. Its document is a file in `packages/nodes/templates`. */
export interface Template {
  /** Name for the command line; also the file's name before `.graft.json`. */
  readonly id: string
  readonly title: string
  /** Which corner of the size x similarity plane it is for; null when it is for any data. */
  readonly quadrant: { readonly size: 'small' | 'large'; readonly similarity: 'similar' | 'different' } | null
  /** Does it wait for a folder of photos? The others bring images. */
  readonly needsPhotos: boolean
  /** What it does and when to use it, in a sentence. */
  readonly summary: string
}

export const templates: readonly Template[] = [
  {
    id: 'small-similar',
    title: 'Small and similar',
    quadrant: { size: 'small', similarity: 'similar' },
    needsPhotos: false,
    summary: 'Freeze the whole backbone and train a new head: seconds, and hard to beat with little data.',
  },
  {
    id: 'large-similar',
    title: 'Large and similar',
    quadrant: { size: 'large', similarity: 'similar' },
    needsPhotos: false,
    summary: 'Train the head first, then unfreeze the late stages and fine-tune them at a lower rate.',
  },
  {
    id: 'small-different',
    title: 'Small and different',
    quadrant: { size: 'small', similarity: 'different' },
    needsPhotos: false,
    summary: 'Cut the most specialised stages off, freeze the early ones, retrain what is left.',
  },
  {
    id: 'large-different',
    title: 'Large and different',
    quadrant: { size: 'large', similarity: 'different' },
    needsPhotos: false,
    summary: 'Keep the architecture, forget the weights and train everything from scratch.',
  },
  {
    id: 'photos',
    title: 'Your photos',
    quadrant: null,
    needsPhotos: true,
    summary:
      'A folder of photos, one folder per class: freeze the backbone and solve for the best new head, in seconds.',
  },
  {
    id: 'photos-two-phase',
    title: 'Your photos, two phases',
    quadrant: null,
    needsPhotos: true,
    summary: 'A folder of photos: train a new head, then let the last stage follow at a lower rate.',
  },
  {
    id: 'photos-probe-fine-tune',
    title: 'Your photos, probe and fine-tune',
    quadrant: null,
    needsPhotos: true,
    summary:
      'A folder of photos: solve for the best head, then let the whole network follow at a low rate (LP-FT). Minutes instead of seconds; for some hundred photos or more.',
  },
  {
    id: 'several-objects',
    title: 'Several objects',
    quadrant: null,
    needsPhotos: false,
    summary:
      'Generated images of up to three things each: train a head that says yes or no to every class. Image Table reads your own.',
  },
]

/** The template's document as stored (JSON, not yet checked), or null when there is none of that name. */
export function readTemplate(id: string): unknown {
  const template = templates.find((candidate) => candidate.id === id)
  if (template === undefined) return null
  return JSON.parse(readFileSync(new URL(`../../templates/${template.id}.graft.json`, import.meta.url), 'utf8'))
}
