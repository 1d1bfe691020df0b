import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseDocumentText, serializeDocument } from '@graft/graph-schema'
import { Command } from 'commander'
import { findHome } from '../../../home.js'
import { formatConformance } from '../../../plugins/conformance/format-conformance.js'
import { testPlugin } from '../../../plugins/conformance/test-plugin.js'
import { addPlugin, asksForTheSame, removePlugin } from '../../../plugins/install/add-plugin.js'
import type { PluginRecord } from '../../../plugins/install/records.js'
import { listPlugins } from '../../../plugins/list-plugins.js'
import { describePermissions } from '../../../plugins/manifest/describe-permissions.js'
import type { PluginManifest } from '../../../plugins/manifest/plugin-manifest.js'
import { requirementsOf } from '../../../executor/plan/requirements.js'
import { writeAtomically } from '../../../store/write-atomically.js'
import { callError, CliError } from '../../cli-error.js'
import { colorsFor } from '../../../text/colors.js'
import { oneLine } from '../../../text/format-values.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'

const print = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''))

/** `graft plugin`: list, add, remove and test plugins, and record which ones a graph needs. */
export function pluginCommand(around: Surroundings, exit: (code: number) => void): Command {
  const plugin = new Command('plugin').description('List, add, remove or test plugins')
  plugin
    .command('list')
    .description('List the plugins and what they may do')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => list(json ?? false))
  plugin
    .command('add')
    .description('Add a plugin, after showing what it asks for')
    .argument('<plugin>', 'a folder, a .tgz file, or the name of an npm package')
    .option('--link', 'use the folder where it is, for developing a plugin')
    .option('--replace', 'replace a plugin of the same name that came from elsewhere')
    .option('--yes', 'approve what it asks for without being asked')
    .action((given: string, flags: AddFlags) => add(given, flags))
  plugin
    .command('remove')
    .description('Remove a plugin and its approval')
    .argument('<name>', 'name of the plugin')
    .action(async (name: string) => {
      await removePlugin(findHome(), name)
      print([`Plugin "${name}" is removed. Graphs that use it keep its nodes, but can't be run.`])
    })
  plugin
    .command('test')
    .description('Test whether a plugin does what Graft expects of one')
    .argument('<path>', 'a folder, a .tgz file, or the name of an installed npm package')
    .option('--json', 'print the results as JSON')
    .action(async (given: string, { json }: { readonly json?: boolean }) => exit(await test(given, json ?? false)))
  plugin
    .command('record')
    .description('Write into a graph file which plugins it needs')
    .argument('<graph>', 'path of a *.graft.json file')
    .action((path: string) => record(path, around))
  return plugin
}

async function list(json: boolean): Promise<void> {
  const plugins = await listPlugins()
  if (json) return print([JSON.stringify(plugins, null, 2)])
  if (plugins.length === 0)
    return print([
      'No plugins are installed. `graft plugin add PATH` adds one; docs/plugin-guide.md says how to write one.',
    ])
  const colors = colorsFor(process.stdout)
  print(
    plugins.flatMap(({ name, version, origin, linked, nodes, permissions, problem }) => [
      `${colors.bold(name)} ${version}  ${colors.dim(`${linked ? 'linked to' : 'from'} ${oneLine(origin)}`)}`,
      ...(problem === null ? [] : [`  ${colors.red('not used:')} ${problem.message} ${problem.fix}`]),
      `  nodes: ${nodes.join(', ')}`,
      ...(permissions === null ? [] : describePermissions(permissions).map((line) => `  ${oneLine(line)}`)),
    ]),
  )
}

interface AddFlags {
  readonly link?: boolean
  readonly replace?: boolean
  readonly yes?: boolean
}

async function add(given: string, flags: AddFlags): Promise<void> {
  const record = await addPlugin({
    home: findHome(),
    given,
    link: flags.link ?? false,
    replace: flags.replace ?? false,
    approve: (manifest, origin, before) => approve(manifest, origin, before, flags.yes ?? false),
  })
  if (record === null)
    throw new CliError(
      [
        {
          code: 'plugin-not-approved',
          severity: 'error',
          message: 'The plugin was not added because it was not approved.',
          fix: 'Add it again when you trust it.',
        },
      ],
      1,
    )
  print([
    `Plugin "${record.name}" ${record.version} is added. Its nodes: ${record.nodes.map(({ manifest }) => `${record.name}/${manifest.type}`).join(', ')}.`,
  ])
}

async function approve(
  manifest: PluginManifest,
  origin: string,
  before: PluginRecord | null,
  yes: boolean,
): Promise<boolean> {
  const colors = colorsFor(process.stdout)
  const change =
    before === null
      ? ''
      : asksForTheSame(manifest, before)
        ? ` It takes the place of ${before.version} and asks for the same.`
        : colors.yellow(` It takes the place of ${before.version} and asks for something else than that did.`)
  print([
    `Plugin ${colors.bold(manifest.name)} ${manifest.version} from ${oneLine(origin)}.${change}`,
    ...describePermissions(manifest.permissions).map((line) => `  ${oneLine(line)}`),
  ])
  if (yes) return true
  if (!process.stdin.isTTY)
    throw callError(
      'plugin-approval',
      'The plugin needs your approval, and there is no terminal to ask you.',
      'Look at what it asks for, then add --yes.',
    )
  const questions = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await questions.question('Approve and add it? [y/N] ')).trim())
  } finally {
    questions.close()
  }
}

async function test(given: string, json: boolean): Promise<0 | 1> {
  const results = await testPlugin(given)
  print(json ? [JSON.stringify(results, null, 2)] : formatConformance(results, colorsFor(process.stdout)))
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

async function record(path: string, around: Surroundings): Promise<void> {
  const file = resolve(path)
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw callError('graph-not-readable', `${path} can't be read: ${error.message}.`, 'Name a graph file.')
  })
  const { document, problems } = parseDocumentText(text)
  if (document === null) throw new CliError(problems)
  const { requires: _before, ...rest } = document
  const requires = requirementsOf(document, (await withPlugins(around)).library)
  const needed = Object.entries(requires).map(([name, range]) => `${name} ${range}`)
  await writeAtomically(file, serializeDocument(needed.length === 0 ? rest : { ...rest, requires }))
  print([needed.length === 0 ? `${path} needs no plugins.` : `${path} now says that it needs ${needed.join(', ')}.`])
}
