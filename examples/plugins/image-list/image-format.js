const signatures = [
  ['jpeg', (bytes) => starts(bytes, [0xff, 0xd8, 0xff])],
  ['png', (bytes) => starts(bytes, [0x89, 0x50, 0x4e, 0x47])],
  ['gif', (bytes) => starts(bytes, [0x47, 0x49, 0x46, 0x38])],
  ['webp', (bytes) => starts(bytes, [0x52, 0x49, 0x46, 0x46]) && starts(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50])],
  ['tiff', (bytes) => starts(bytes, [0x49, 0x49, 0x2a, 0x00]) || starts(bytes, [0x4d, 0x4d, 0x00, 0x2a])],
]

const starts = (bytes, signature) => signature.every((byte, index) => bytes[index] === byte)

/** The format of an image by its first bytes, whatever its name says; null for anything else. */
export function imageFormat(bytes) {
  return signatures.find(([, matches]) => matches(bytes))?.[0] ?? null
}
