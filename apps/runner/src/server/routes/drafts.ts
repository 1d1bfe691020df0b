import { mostDraftBytes, mostDrafts } from '../../graphs/draft-store.js'
import type { DraftRefusal } from '../../graphs/draft-store.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import { readDocument } from '../http/read-document.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'

type Names = 'listDrafts' | 'getDraft' | 'keepDraft' | 'discardDraft'

const refusals: Readonly<Record<DraftRefusal, string>> = {
  'other-here': 'Another window has edited this draft too. Open its copy, or keep this one under another id.',
  'too-large': `A draft may have ${mostDraftBytes / 1e6} MB; this one has more. Save it as a graph.`,
  full: `There are as many drafts as are kept here (${mostDrafts}, 200 MB); none makes way for another. Save or discard some.`,
}

export function draftHandlers({ drafts }: Services): Pick<Handlers, Names> {
  return {
    listDrafts: () => ({ drafts: [...drafts.list()] }),
    getDraft: ({ params }) => {
      const draft = drafts.get(params.id)
      if (draft === null) throw notFound(`draft "${params.id}"`)
      return draft
    },
    keepDraft: ({ params, body }) => {
      const refusal = drafts.keep(params.id, { ...body, document: readDocument(body.document) }, body.base)
      if (refusal !== null) throw new HttpProblem(409, `draft-${refusal}`, refusals[refusal])
      return { savedAt: body.savedAt }
    },
    discardDraft: ({ params }) => drafts.discard(params.id),
  }
}
