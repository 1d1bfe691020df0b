import { singleLabel, type Task } from '@graft/engines'
import { must } from '@graft/errors'
import type { Sample } from '@graft/graph-schema'
import { contactSheet } from '../../image-files/contact-sheet.js'
import type { Image } from '../../image/image.js'
import { thumbnailImage } from '../../image-files/thumbnails.js'
import type { NodeContext } from '../../sdk/node-context.js'

const thumbnailSize = 72
const perClass = 8
const mostClasses = 12

/**
 * Emits a contact sheet: one row per class, the first classes and some images of each, evenly spread over the class.
 */
export async function emitContactSheet(
  samples: readonly Sample[],
  classNames: readonly string[],
  context: NodeContext,
  task: Pick<Task, 'classesOf'> = singleLabel,
): Promise<void> {
  const shown = classNames.slice(0, mostClasses)
  const rows = await Promise.all(
    shown.map((_, label) =>
      thumbnailsOf(spread(samples.filter((sample) => task.classesOf(sample.label).includes(label)))),
    ),
  )
  if (rows.every((row) => row.length === 0)) return
  const blob = await context.store.put(await contactSheet(rows), 'image/jpeg', 'images.jpg')
  const more = classNames.length > mostClasses ? ` and ${classNames.length - mostClasses} more` : ''
  context.emit({ type: 'preview', title: `One row per class: ${shown.join(', ')}${more}`, blob })
}

/** A file that vanished meanwhile is left out: a preview is not worth failing for, and loading will name the file. */
async function thumbnailsOf(samples: readonly Sample[]): Promise<readonly Image[]> {
  const images = await Promise.all(samples.map((sample) => thumbnailImage(sample, thumbnailSize).catch(() => null)))
  return images.filter((image) => image !== null)
}

function spread(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= perClass) return samples
  return Array.from({ length: perClass }, (_, index) =>
    must(samples[Math.floor((index * samples.length) / perClass)], 'a sample of the class'),
  )
}
