import { z } from 'zod'
import { splits } from '../splits.js'
import { defineEndpoint } from './endpoint.js'
import { countInQuery, sha256Schema, timeSchema } from './ids.js'

const nothing = z.object({})
const path = z.string().min(1).max(4096)
const size = countInQuery(16, 1024).default(96)

export const dataRootSchema = z.object({ id: z.string(), path: z.string(), title: z.string(), writable: z.boolean() })
export type DataRoot = z.output<typeof dataRootSchema>

export const directorySchema = z.object({
  path: z.string(),
  /** Null at a data root. */
  parent: z.string().nullable(),
  entries: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      kind: z.enum(['directory', 'image', 'model', 'graph', 'file']),
      /** Directories: images directly inside. */
      images: z.int().exactOptional(),
      bytes: z.int().exactOptional(),
    }),
  ),
  /** There are more entries than are listed. */
  truncated: z.boolean(),
})
export type Directory = z.output<typeof directorySchema>

export const datasetSummarySchema = z.object({
  classes: z.array(
    z.object({ name: z.string(), count: z.int(), /** Addresses of thumbnails. */ samples: z.array(z.string()) }),
  ),
  splits: z.object({ train: z.int(), val: z.int(), test: z.int(), none: z.int() }),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  count: z.int(),
  /** What the node that reads the folder warns of: empty classes, copies with two labels, single images. */
  warnings: z.array(z.string()).exactOptional(),
  /** Images that are identical, byte for byte, to one counted before. */
  copies: z.int().exactOptional(),
})
export type DatasetSummary = z.output<typeof datasetSummarySchema>

const nearCopySchema = z.object({
  /** Relative to the folder. */
  file: z.string(),
  className: z.string(),
  split: z.enum(splits).exactOptional(),
  /** Address of a thumbnail. */
  thumbnail: z.string(),
})

/** Images that show the same, though they lie in different classes or splits. */
export const nearCopiesSchema = z.object({
  pairs: z.array(z.tuple([nearCopySchema, nearCopySchema])),
  /** There are so many; not all may be listed. */
  count: z.int(),
  /** So many images were compared, of all that there are. */
  compared: z.int(),
  images: z.int(),
})
export type NearCopies = z.output<typeof nearCopiesSchema>

/** A folder among the uploads. */
export const uploadSchema = z.object({
  name: z.string(),
  path: z.string(),
  files: z.int(),
  bytes: z.int(),
  savedAt: timeSchema,
  /** A run that waits or runs reads it. */
  inUse: z.boolean(),
})
export type UploadedFolder = z.output<typeof uploadSchema>

/** Images on the server's disk, inside its data roots. */
export const dataEndpoints = {
  listDataRoots: defineEndpoint({
    method: 'GET',
    path: '/data/roots',
    group: 'data',
    summary: 'Folders that graphs may read.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ roots: z.array(dataRootSchema) }),
    status: 200,
  }),
  tellPath: defineEndpoint({
    method: 'GET',
    path: '/data/kind',
    group: 'data',
    summary: 'What lies at a path: a folder, a file, nothing, or what may not be read. Never an error.',
    params: nothing,
    query: z.object({ path }),
    body: null,
    response: z.object({ kind: z.enum(['directory', 'file', 'nothing', 'refused']) }),
    status: 200,
  }),
  browseData: defineEndpoint({
    method: 'GET',
    path: '/data/browse',
    group: 'data',
    summary: 'The entries of a folder that may be read.',
    params: nothing,
    query: z.object({ path }),
    body: null,
    response: directorySchema,
    status: 200,
  }),
  summariseData: defineEndpoint({
    method: 'GET',
    path: '/data/summary',
    group: 'data',
    summary: 'Classes, counts, samples and skipped files of a folder of images.',
    params: nothing,
    query: z.object({ path }),
    body: null,
    response: datasetSummarySchema,
    status: 200,
    refusals: [422],
  }),
  findNearCopies: defineEndpoint({
    method: 'GET',
    path: '/data/near-copies',
    group: 'data',
    summary: 'Images of a folder that look the same, in different classes or splits, though their files differ.',
    params: nothing,
    query: z.object({ path }),
    body: null,
    response: nearCopiesSchema,
    status: 200,
    refusals: [422],
  }),
  getDataThumbnail: defineEndpoint({
    method: 'GET',
    path: '/data/thumbnail',
    group: 'data',
    summary: 'A small JPEG of an image in a folder that may be read.',
    params: nothing,
    query: z.object({ path, size }),
    body: null,
    response: null,
    download: 'image/jpeg',
    status: 200,
    refusals: [422],
  }),
  uploadData: defineEndpoint({
    method: 'POST',
    path: '/data/upload',
    group: 'data',
    summary: 'Stores images: a zip file with class folders, or a form of files named CLASS/FILE.',
    params: nothing,
    query: z.object({
      name: z.string().min(1).max(80),
      /** What to do when an upload of this name is there: answer 409, put this one in its place, or find a free name. */
      existing: z.enum(['refuse', 'replace', 'rename']).default('refuse'),
    }),
    body: null,
    upload: ['application/zip', 'multipart/form-data'],
    response: z.object({
      path: z.string(),
      files: z.int(),
      ignored: z.array(z.object({ file: z.string(), reason: z.string() })),
      summary: datasetSummarySchema.nullable(),
    }),
    status: 201,
    refusals: [409, 422, 507],
  }),
} as const

export const uploadEndpoints = {
  listUploads: defineEndpoint({
    method: 'GET',
    path: '/data/uploads',
    group: 'data',
    summary: 'What was uploaded, newest first, with sizes.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ uploads: z.array(uploadSchema) }),
    status: 200,
  }),
  deleteUpload: defineEndpoint({
    method: 'DELETE',
    path: '/data/uploads/{name}',
    group: 'data',
    summary: 'Deletes an upload. Refused (409) while a run that waits or runs reads it.',
    params: z.object({ name: z.string().min(1).max(200) }),
    query: nothing,
    body: null,
    response: null,
    status: 204,
    refusals: [409],
  }),
} as const

/** Files that runs have made, by content. */
export const artifactEndpoints = {
  getArtifact: defineEndpoint({
    method: 'GET',
    path: '/artifacts/{sha256}',
    group: 'artifacts',
    summary: 'The bytes of an artifact; ranges and If-None-Match work. `download` gives a file name to save it under.',
    params: z.object({ sha256: sha256Schema }),
    query: z.object({ download: z.string().max(200).exactOptional() }),
    body: null,
    response: null,
    download: 'application/octet-stream',
    status: 200,
    refusals: [416],
  }),
  getArtifactThumbnail: defineEndpoint({
    method: 'GET',
    path: '/artifacts/{sha256}/thumbnail',
    group: 'artifacts',
    summary: 'A small JPEG of an artifact that is an image.',
    params: z.object({ sha256: sha256Schema }),
    query: z.object({ size }),
    body: null,
    response: null,
    download: 'image/jpeg',
    status: 200,
    refusals: [422],
  }),
  getSampleThumbnail: defineEndpoint({
    method: 'GET',
    path: '/samples/{sha256}/thumbnail',
    group: 'artifacts',
    summary:
      'A small JPEG of one image of a dataset, by the artifact of its sample list, the root of the dataset (where it has one) and the id in the list; drawn sample images have one too.',
    params: z.object({ sha256: sha256Schema }),
    query: z.object({ id: z.string().min(1).max(4096), root: z.string().max(4096).exactOptional(), size }),
    body: null,
    response: null,
    download: 'image/jpeg',
    status: 200,
    refusals: [422],
  }),
} as const
