import { countParameters, explainPreprocessing } from '@graft/network'
import type { Network } from '@graft/network'
import { nameOfSource, percent, whole } from '../format.js'
import { html } from '../html.js'
import type { Html } from '../html.js'
import type { ReportSection } from '../report-input.js'

/** What the final network is, where it came from, and what may be done with it. */
export const network: ReportSection = {
  id: 'network',
  title: 'The network',
  render: ({ network: model }) => (model === undefined ? null : html`${facts(model)}${stages(model)}${history(model)}`),
}

function facts(model: Network): Html {
  const { total, trainable } = countParameters(model)
  const { licence, source } = model.provenance
  const rows: readonly (readonly [string, string])[] = [
    ['Name', model.name],
    ['Weights from', nameOfSource(source)],
    ['Licence', licence ?? 'not stated: ask those who published the weights before passing the model on'],
    ['Parameters', `${whole(total)} (${whole(trainable)} trainable, ${percent(trainable / total)})`],
    ['Input', `${model.input.shape.join(' × ')} (channels × height × width)`],
    ['Preprocessing', explainPreprocessing(model)],
    ['Classes', model.head === null ? 'none' : whole(model.head.names.length)],
  ]
  return html`<table class="facts"><caption class="visually-hidden">The network</caption><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`
}

function stages(model: Network): Html {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const sizeOf = (key: string): number =>
    (model.parameters[key]?.shape ?? [0]).reduce((product, length) => product * length, 1)
  const rows = model.stages.map((stage) => {
    const keys = [...new Set(stage.layers.flatMap((name) => Object.values(layers.get(name)?.parameters ?? {})))]
    const trainable = keys.filter((key) => model.parameters[key]?.trainable === true)
    return {
      name: stage.name,
      layers: stage.layers.length,
      trainable: trainable.reduce((sum, key) => sum + sizeOf(key), 0),
      total: keys.reduce((sum, key) => sum + sizeOf(key), 0),
    }
  })
  return html`<details><summary>Stages</summary><div class="scroll"><table><caption>Stages from input to output (numbers include running statistics)</caption><thead><tr><th scope="col">Stage</th><th scope="col" class="number">Layers</th><th scope="col" class="number">Values</th><th scope="col" class="number">Trainable</th><th scope="col">State</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${row.name}</th><td class="number">${row.layers}</td><td class="number">${whole(row.total)}</td><td class="number">${whole(row.trainable)}</td><td>${row.total === 0 ? '' : row.trainable === 0 ? 'frozen' : 'trainable'}</td></tr>`)}</tbody></table></div></details>`
}

function history(model: Network): Html | null {
  const lines = model.provenance.history
  return lines.length === 0
    ? null
    : html`<h3>What was done to it</h3><ol class="history">${lines.map((line) => html`<li>${line}</li>`)}</ol>`
}
