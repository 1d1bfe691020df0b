/** What comes, part by part. Throws what `tooLarge` gives once more than `limit` bytes came. */
export async function* bounded<Part extends Uint8Array>(
  parts: AsyncIterable<Part>,
  limit: number,
  tooLarge: () => Error,
): AsyncGenerator<Part, void, void> {
  let bytes = 0
  for await (const part of parts) {
    bytes += part.byteLength
    if (bytes > limit) throw tooLarge()
    yield part
  }
}
