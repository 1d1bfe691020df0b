import { didYouMean, listNames } from '@graft/graph-schema'
import { Command } from 'commander'
import { callError } from '../../cli-error.js'
import { colorsFor } from '../../../text/colors.js'
import type { Surroundings } from '../../surroundings.js'

/** `graft templates`: lists the pipelines to start from, or prints one. */
export function templatesCommand(around: Surroundings): Command {
  return new Command('templates')
    .description('List the templates, or print one as a graph file')
    .argument('[name]', 'template to print: graft templates NAME > my.graft.json')
    .action((name: string | undefined) => {
      process.stdout.write(name === undefined ? list(around) : print(name, around))
    })
}

function list({ templates }: Surroundings): string {
  const colors = colorsFor(process.stdout)
  const width = Math.max(...templates.map((template) => template.id.length))
  const lines = templates.map((template) => `${colors.bold(template.id.padEnd(width))}  ${template.summary}`)
  return `${lines.join('\n')}\n\nRun one with \`graft run NAME\`; \`graft templates NAME > my.graft.json\` writes it to a file to change.\n`
}

function print(name: string, { readTemplate, templates }: Surroundings): string {
  const document = readTemplate(name)
  if (document !== null) return `${JSON.stringify(document, null, 2)}\n`
  const names = templates.map((template) => template.id)
  throw callError(
    'template-unknown',
    `There is no template called "${name}".`,
    `${didYouMean(name, names)}The templates are ${listNames(names, 20)}.`,
  )
}
