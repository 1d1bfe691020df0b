import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { applyAdvice, adviceValueSchema, advisorType, emptyDocument, serializeDocument } from '@graft/graph-schema'
import type { AdviceValue, GraphDocument } from '@graft/graph-schema'
import { inlineThumbnails, renderReport, withoutHome } from '@graft/nodes'
import { Command } from 'commander'
import { findHome } from '../../../home.js'
import { openBlobStore } from '../../../store/file-blob-store.js'
import { colorsFor } from '../../../text/colors.js'
import { adviceLines } from '../../advice-lines.js'
import { callError } from '../../cli-error.js'
import type { Surroundings } from '../../surroundings.js'
import { exitCodeOf } from '../../view/show-events.js'
import { withPlugins } from '../../with-plugins.js'
import { type FollowFlags, followRun, withEngineOptions } from './run.js'

interface AdviseFlags extends Omit<FollowFlags, 'to' | 'json'> {
  readonly backbones: string
  readonly minutes?: string
  readonly try?: boolean
  readonly json?: boolean
  readonly apply?: boolean
  readonly out?: string
}

const usualBackbone = 'tfjs:mobilenet_v1_0.75_224'

/** `graft advise FOLDER`: looks at images and says what to do with them. */
export function adviseCommand(around: Surroundings, exit: (code: number) => void): Command {
  return withEngineOptions(
    new Command('advise').description(
      'Look at a folder of images (one folder per class) and say what to do with them, with numbers; nothing is fine-tuned, unless you --try',
    ),
  )
    .argument('<folder>', 'folder with one folder per class')
    .option('--backbones <names>', 'networks to ask, as Load Backbone takes them, with commas between', usualBackbone)
    .option('--minutes <number>', 'about how long it may take: how many images are looked at follows from it')
    .option('--try', 'try fine-tuning as well, for a few epochs on a part of the images: about ten times as long')
    .option('--json', 'print the advice as JSON, and nothing else')
    .option('--apply', 'print the graph that does what the advice says, and nothing else')
    .option('--out <file>', 'write a page about it that can be sent to somebody')
    .action(async (folder: string, flags: AdviseFlags) => exit(await advise(folder, flags, await withPlugins(around))))
}

async function advise(folder: string, flags: AdviseFlags, around: Surroundings): Promise<number> {
  if (flags.json && flags.apply)
    throw callError(
      'advise-two-outputs',
      'Both the advice and the graph were asked for.',
      'Leave --json or --apply away.',
    )
  const document = documentFor(resolve(folder), flags)
  const from = { graph: `advise:${resolve(folder)}`, base: process.cwd() }
  const follow = { ...flags, json: false, to: [advisorId] }
  // What is asked for goes to the standard output alone, so that it can be piped.
  const course = await followRun(from, document, follow, around, process.stderr)
  const advice = adviceValueSchema.safeParse(
    course.courses.find(({ node }) => node === advisorId)?.outputs['advice'],
  ).data
  if (advice === undefined) return exitCodeOf(course.end)
  await show(advice, document, flags)
  return exitCodeOf(course.end)
}

async function show(advice: AdviceValue, document: GraphDocument, flags: AdviseFlags): Promise<void> {
  if (flags.out !== undefined) await writePage(flags.out, advice, document)
  if (flags.json) return void process.stdout.write(`${JSON.stringify(advice, null, 2)}\n`)
  if (flags.apply) return void process.stdout.write(serializeDocument(applyAdvice(advice, null)))
  process.stdout.write(`${adviceLines(advice, colorsFor(process.stdout)).join('\n')}\n`)
}

const advisorId = 'advisor'

/** Image Folder and the networks into Scenario Advisor: what a person would draw. */
function documentFor(folder: string, flags: AdviseFlags): GraphDocument {
  const sources = flags.backbones
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (sources.length === 0)
    throw callError('advise-no-backbones', 'No network was named.', `Name one, ${usualBackbone} for example.`)
  const networks = sources.map((source, index) => [`backbone${index + 1}`, source] as const)
  return {
    ...emptyDocument(`Advice on ${basename(folder)}`),
    nodes: {
      images: { type: 'image-folder', version: 1, params: { path: folder } },
      ...Object.fromEntries(
        networks.map(([id, source]) => [
          id,
          {
            type: 'load-backbone',
            version: 1,
            params: { source, ...(source === usualBackbone && { fallback: 'embedded:graftnet-64' }) },
          },
        ]),
      ),
      [advisorId]: { type: advisorType, version: 1, params: settingsFrom(flags) },
    },
    edges: [
      { from: { node: 'images', port: 'images' }, to: { node: advisorId, port: 'images' } },
      ...networks.map(([id]) => ({ from: { node: id, port: 'model' }, to: { node: advisorId, port: 'models' } })),
    ],
  }
}

function settingsFrom({ minutes, try: tries }: AdviseFlags): Readonly<Record<string, unknown>> {
  const given = Number(minutes ?? 0)
  if (minutes !== undefined && !(given > 0))
    throw callError('advise-minutes', `--minutes ${minutes} is no time.`, 'Give a number above 0, such as 2.')
  return { ...(given > 0 && { minutes: given }), ...(tries && { tryFineTuning: true }) }
}

async function writePage(file: string, advice: AdviceValue, document: GraphDocument): Promise<void> {
  const page = renderReport({
    title: document.name,
    document,
    advice,
    evaluations: [],
    trainings: [],
    thumbnails: await inlineThumbnails([], openBlobStore(findHome().store), advice),
  })
  await writeFile(file, withoutHome(page)).catch((error: unknown) => {
    throw callError(
      'advise-page',
      `The page can't be written to ${file}: ${error instanceof Error ? error.message : String(error)}.`,
      'Name a file in a folder that is there and may be written.',
    )
  })
  process.stderr.write(`The page is in ${file}.\n`)
}
