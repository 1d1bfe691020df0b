import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

/** Twenty times smaller than text for what runs tell, at 100 MB/s; more would take several times as long for little. */
const quality = 5
/** Far beyond what is ever packed at once; a damaged column must not fill the memory. */
const mostCharacters = 2 ** 29

/** A text as the database keeps it where it is long. */
export const pack = (text: string): Uint8Array =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  })

/** The text again. Throws where the bytes are none that `pack` gave. */
export const unpack = (bytes: Uint8Array): string =>
  brotliDecompressSync(bytes, { maxOutputLength: mostCharacters }).toString('utf8')
