import { createHash } from 'node:crypto'
import { parseDocument } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { documentElementId, renderReport } from './render-report.js'
import { withoutHome } from './without-home.js'
import { testGraph, testImages, testNetwork, testReportInput } from './test-report-input.js'

const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</title></style></svg><svg onload=alert(1)>`,
  `'; alert(1) //`,
  '<!--',
  ']]>',
  '\u0000\u2028&lt;',
  '${alert(1)}',
]

describe('renderReport', () => {
  const page = renderReport(testReportInput())

  it('gives the same page for the same input', () => {
    expect(renderReport(testReportInput())).toBe(page)
  })

  it('tells the headline in plain words, from the test data', () => {
    expect(page).toMatch(/Of 199 test images, <b>188 were recognised correctly<\/b> and 11 were not\./)
    expect(page).toMatch(/with 95% confidence, between <b>[\d.]+%<\/b> and <b>[\d.]+%<\/b> \(Wilson interval\)/)
    expect(page).toContain('always answering “')
  })

  it('holds every section and a link to it', () => {
    for (const id of [
      'result',
      'warnings',
      'curves',
      'confusion',
      'classes',
      'pairs',
      'losses',
      'calibration',
      'graph',
      'settings',
      'freeze',
      'network',
      'data',
      'usage',
      'versions',
    ]) {
      expect(page).toContain(`<section id="${id}"`)
      expect(page).toContain(`href="#${id}"`)
    }
  })

  it('makes no request and runs no other script: everything is inline and the policy allows nothing else', () => {
    expect(page).not.toMatch(/(?:src|href|action|data)="(?!data:image\/|#)/)
    expect(page).not.toMatch(/url\(|@import|https?:\/\//)
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? ''
    const hash = (pattern: RegExp): string =>
      `'sha256-${createHash('sha256')
        .update(pattern.exec(page)?.[1] ?? '')
        .digest('base64')}'`
    expect(policy).toContain(`default-src 'none'`)
    expect(policy).toContain(`style-src ${hash(/<style>([^]*?)<\/style>/)}`)
    expect(policy).toContain(`script-src ${hash(/<script>([^]*?)<\/script>/)}`)
    expect(page).not.toMatch(/<[^>]+\sstyle=/)
  })

  it('escapes hostile names of classes, files, nodes, settings and reasons', () => {
    const input = testReportInput(hostile)
    const [first] = input.evaluations
    const text = hostile.join('')
    const evil = renderReport({
      ...input,
      title: text,
      document: {
        ...testGraph,
        description: text,
        nodes: { ...testGraph.nodes, data: { ...testGraph.nodes['data'], title: text, params: { [text]: text } } },
      },
      evaluations:
        first === undefined
          ? []
          : [{ ...first, title: text, topLosses: first.topLosses.map((loss) => ({ ...loss, id: text })) }],
      trainings: input.trainings.map((training) => ({
        ...training,
        title: text,
        phase: text,
        settings: { [text]: text },
        freezeProof: [{ parameter: text, statistic: false, before: text, after: text, identical: false }],
      })),
      images: { ...testImages(hostile), name: text, skipped: [{ file: text, reason: text }], provenance: [text] },
      network: { ...testNetwork(hostile), name: text, provenance: { source: text, licence: text, history: [text] } },
      thumbnails: new Map([
        ['thumbnail-0', 'https://example.org/x.png'],
        ['thumbnail-1', `data:image/png;base64,AA"onerror="alert(1)`],
      ]),
      generatedAt: text,
      versions: { [text]: text },
      warnings: [text],
    })
    expect(elements(evil, 'script')).toBe(2)
    expect(evil).not.toMatch(/<(?:img src=x|svg onload|!--)/)
    const unquoted = evil.replace(/<script[^]*?<\/script>/g, '').replace(/="[^"]*"/g, '=""')
    expect(unquoted).not.toMatch(/<[^>]*\son\w+=/)
    expect(evil).not.toContain('example.org/x.png')
    expect(evil).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('keeps the graph, so that an editor can open it again, whatever it holds', () => {
    const document = { ...testGraph, description: hostile.join('') }
    const evil = renderReport({ ...testReportInput(), document })
    const json =
      new RegExp(`<script type="application/json" id="${documentElementId}">([^]*?)</script>`).exec(evil)?.[1] ?? ''
    expect(JSON.parse(json)).toEqual(document)
    expect(parseDocument(JSON.parse(json)).problems).toEqual([])
  })

  it('shows images that are inline, and says so where there is none', () => {
    const withImage = renderReport({
      ...testReportInput(),
      thumbnails: new Map([['thumbnail-0', 'data:image/jpeg;base64,AAAA']]),
    })
    expect(elements(withImage, 'img')).toBe(1)
    expect(withImage).toMatch(/<img src="data:image\/jpeg;base64,AAAA" alt="Image [^"]+, showing ants">/)
    expect(withImage.split('class="no-image"').length - 1).toBe(11)
  })

  it('says that frozen tensors did not move, and shouts when one did', () => {
    expect(page).toContain('all 20 frozen parameter tensors and 20 frozen statistics are bit-identical')
    const input = testReportInput()
    const moved = renderReport({
      ...input,
      trainings: input.trainings.map((training) => ({
        ...training,
        freezeProof: training.freezeProof.map((entry, index) =>
          index === 5 ? { ...entry, after: 'ffff', identical: false } : entry,
        ),
      })),
    })
    expect(moved).toContain('1 of 40 frozen tensors changed')
    expect(moved).toContain('<td>NO</td>')
  })

  it('gives every table a caption, every header cell a scope and every chart a name', () => {
    expect(elements(page, 'table')).toBe(elements(page, 'caption'))
    expect(page).not.toMatch(/<th(?![^>]*scope=)[\s>]/)
    for (const [, attributes = ''] of page.matchAll(/<svg([^>]*)>/g))
      expect(attributes).toMatch(/aria-(?:labelledby|label|hidden)=/)
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, labelled = ''] of page.matchAll(/aria-labelledby="([^"]+)"/g))
      for (const id of labelled.split(' ')) expect(ids).toContain(id)
  })

  it('gives a page even when there is next to nothing to tell', () => {
    const bare = renderReport({ title: 'Bare', document: null, evaluations: [], trainings: [], thumbnails: new Map() })
    expect(bare).toContain('Nothing was evaluated in this run.')
    expect(bare).toContain("The graph can't be drawn: This is not a Graft graph")
    expect(bare).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('shows numbers that are not known (null after JSON) as a dash, never as NaN', () => {
    const input = testReportInput()
    const blank = {
      ...input,
      evaluations: input.evaluations.map((detail) => ({
        ...detail,
        scores: { ...detail.scores, values: { ...detail.scores.values, macroF1: Number.NaN, loss: Number.NaN } },
        perClass: detail.perClass.map((score) => ({ ...score, f1: null as unknown as number, precision: Number.NaN })),
      })),
      trainings: input.trainings.map((training) => ({
        ...training,
        curves: [
          ...training.curves,
          { name: 'loss', split: 'val' as const, phase: '', epoch: 3, step: 3, value: Number.NaN },
        ],
      })),
    }
    expect(renderReport(blank).replace(/<script[^]*?<\/script>/g, '')).not.toMatch(/NaN|undefined|Infinity|null/)
  })

  it('draws one epoch, one class and 120 classes', () => {
    const input = testReportInput()
    const single = renderReport({
      ...testReportInput(['only']),
      trainings: input.trainings.slice(0, 1).map((training) => ({
        ...training,
        epochs: 1,
        bestEpoch: 1,
        curves: training.curves.filter(({ epoch }) => epoch === 1),
      })),
    })
    expect(single.replace(/<script[^]*?<\/script>/g, '')).not.toMatch(/NaN|Infinity/)
    const many = renderReport(testReportInput(Array.from({ length: 120 }, (_, index) => `class ${index}`)))
    expect(many).toContain('the 40 with the most mistakes are shown')
    expect(many.split('class="column"').length - 1).toBe(40)
  })

  it('gives the preprocessing of the network for use elsewhere', () => {
    expect(page).toContain('Resize to 64 × 64 pixels (bilinear, without keeping the proportions).')
    expect(page).toContain('image.resize((64, 64), Image.Resampling.BILINEAR)')
  })
})

describe('a page that is passed on', () => {
  const source = '/home/anna/Downloads/mobilenet/model.json'
  const page = renderReport({
    ...testReportInput(),
    network: { ...testNetwork(['a', 'b']), provenance: { source, licence: null, history: [] } },
    run: '20260304-123000-abcdef',
    machine: 'linux x64, Some Processor, 8 cores',
  })

  it('says when, in which run and on which machine it was made', () => {
    expect(page).toContain('2026-03-04 12:30 · run 20260304-123000-abcdef')
    expect(page).toContain('<th scope="row">Machine</th><td>linux x64, Some Processor, 8 cores</td>')
  })

  it('names a network by its folder, not by the path to it', () => {
    expect(page).toContain('Transfer learning from mobilenet ·')
    expect(page).not.toContain(source)
  })

  it('has no path of a home folder; other names that begin alike stay', () => {
    const text = '"path":"/home/anna/photos" /home/anna</td> /home/annabel/x C:\\\\Users'
    expect(withoutHome(text, '/home/anna')).toBe('"path":"~/photos" ~</td> /home/annabel/x C:\\\\Users')
  })

  it('opens its folded parts on paper and has margins there', () => {
    expect(page).toContain('@page{margin:')
    expect(page).toMatch(/@media print\{[^@]*details::details-content\{content-visibility:visible/)
    expect(page).toContain("addEventListener('beforeprint'")
  })
})

const elements = (page: string, name: string): number => [...page.matchAll(new RegExp(`<${name}[\\s>]`, 'g'))].length
