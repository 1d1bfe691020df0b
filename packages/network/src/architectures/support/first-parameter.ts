import { NetworkBuilder } from '../../builder/network-builder.js'

/** Stops the laying of layers at the first parameter. */
class Begun extends Error {
  constructor(readonly parameter: string) {
    super(parameter)
  }
}

class BeginningOnly extends NetworkBuilder {
  override parameter(wanted: string): string {
    throw new Begun(wanted)
  }
}

/** The name of the first parameter that is laid for images of this size; nothing is laid behind it. */
export function firstParameter(inputSize: number, lay: (builder: NetworkBuilder) => void): string {
  try {
    lay(new BeginningOnly({ input: { name: 'input', shape: [3, inputSize, inputSize] } }))
  } catch (error) {
    if (error instanceof Begun) return error.parameter
    throw error
  }
  return ''
}
