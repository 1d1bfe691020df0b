import { tasks } from '@graft/engines'
import { GraftError, textOf } from '@graft/errors'
import { datasetValueSchema } from '@graft/graph-schema'
import type { DatasetValue, NodeManifest, Port } from '@graft/graph-schema'
import { upgradeNetwork, validateNetwork } from '@graft/network'
import type { Network } from '@graft/network'
import { readSamples } from '@graft/nodes'
import type { BlobStore } from '@graft/nodes'
import { referencedBlobs } from '../../store/referenced-blobs.js'
import type { BlobBroker } from '../host/blob-broker.js'
import type { PluginName } from '../../executor/plan/plugin-node.js'
import { PluginError } from '../plugin-error.js'
import { inputImages, isGranted } from './grants.js'
import { valueFault } from './value-fault.js'

export interface OutputCheck {
  readonly plugin: PluginName
  readonly manifest: NodeManifest
  readonly inputs: Readonly<Record<string, unknown>>
  readonly store: BlobStore
  readonly blobs: BlobBroker
  /** What the plugin may read, links followed: its images must lie there. */
  readonly readable: readonly string[]
}

/**
 * Checks what a plugin gave before any other node sees it: values of the promised kinds, blobs that it may know,
 * images that it may read (else a plugin could have other nodes read for it). Throws PluginError naming plugin and
 * output.
 */
export async function checkOutputs(outputs: unknown, check: OutputCheck): Promise<Readonly<Record<string, unknown>>> {
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs))
    throw wrong(check, null, 'gave no outputs; an object with one value per output was expected')
  const values = outputs as Readonly<Record<string, unknown>>
  const ports = Object.entries(check.manifest.outputs)
  for (const [name, port] of ports)
    await checkValue(name, port, Object.hasOwn(values, name) ? values[name] : undefined, check)
  return Object.fromEntries(ports.map(([name]) => [name, values[name]]))
}

async function checkValue(name: string, port: Port, value: unknown, check: OutputCheck): Promise<void> {
  if (value === undefined || value === null) throw wrong(check, name, 'gave no value')
  const { kind } = port
  const fault = valueFault(port, value)
  if (fault !== null) throw wrong(check, name, `gave no ${kind}: ${fault}`)
  const stranger = [...referencedBlobs(value)].find((sha256) => !check.blobs.isGiven(sha256))
  if (stranger !== undefined)
    throw wrong(check, name, `names the blob ${stranger.slice(0, 12)}…, which the plugin neither stored nor was given`)
  if (kind === 'model') checkModel(name, (value as { network: Network }).network, check)
  if (kind === 'dataset') await checkDataset(name, datasetValueSchema.parse(value), check)
}

function checkModel(name: string, network: Network, check: OutputCheck): void {
  try {
    validateNetwork(upgradeNetwork(network) as Network)
  } catch (error) {
    throw wrong(check, name, `gave no valid network: ${textOf(error)}`)
  }
}

async function checkDataset(name: string, dataset: DatasetValue, check: OutputCheck): Promise<void> {
  const classes = dataset.classNames.length
  if (dataset.countPerClass.length !== classes)
    throw wrong(check, name, `counts ${dataset.countPerClass.length} classes and names ${classes}`)
  const samples = await readSamples(dataset, check.store).catch((error: unknown) => {
    // What this machine may not open, or has lost, is no fault of the plugin's author.
    if (error instanceof GraftError) throw error
    throw wrong(check, name, 'gave a dataset whose list of samples cannot be read')
  })
  if (samples.length !== dataset.count)
    throw wrong(check, name, `says that it has ${dataset.count} images, but lists ${samples.length}`)
  const task = tasks.find(({ id }) => id === dataset.task)
  if (task === undefined) throw wrong(check, name, `has the task "${dataset.task}", which this version doesn't know`)
  const mislabelled = samples.find(({ label }) => label !== -1 && !task.accepts(label, classes))
  if (mislabelled !== undefined)
    throw wrong(
      check,
      name,
      `gives "${mislabelled.id}" the label ${JSON.stringify(mislabelled.label)}, but has ${classes} classes (${task.title.toLowerCase()})`,
    )
  const known = new Set(await inputImages(check.inputs, check.store))
  const hidden = samples.find(({ path }) => path !== undefined && !known.has(path) && !isGranted(path, check.readable))
  if (hidden !== undefined)
    throw wrong(check, name, `lists the image ${hidden.path ?? ''}, which the plugin may not read`)
}

function wrong({ plugin }: OutputCheck, output: string | null, what: string): PluginError {
  return new PluginError(
    'plugin-output',
    `Plugin "${plugin.name}" ${plugin.version} ${output === null ? '' : `at its output "${output}" `}${what}.`,
    'Report it to its author; `graft plugin test` finds such faults.',
    output ?? undefined,
  )
}
