declare module 'heic-decode' {
  /** Decodes the first image of a HEIC file; it comes upright, as red-green-blue-alpha. */
  export default function decode(options: {
    readonly buffer: Uint8Array
  }): Promise<{ readonly width: number; readonly height: number; readonly data: Uint8ClampedArray<ArrayBuffer> }>
}
