const pieceBytes = 1 << 20

/** The bytes of these parts in order, as views of at most a megabyte: nothing is copied, whatever is done with them. */
export function* piecesOf(parts: readonly Uint8Array[]): Generator<Uint8Array, void, void> {
  for (const part of parts)
    for (let start = 0; start < part.byteLength; start += pieceBytes) yield part.subarray(start, start + pieceBytes)
}
