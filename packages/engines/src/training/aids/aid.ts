import type { Network, Tensors } from '@graft/network'
import type { z } from 'zod'
import type { Loss } from '../../engine.js'
import type { Task } from '../../tasks/index.js'

/**
 * Something that helps training by gradient descent along, and is off unless set. One file per aid, listed in
 * `aids/index.ts`; the form of Train, log, report and checkpoints follow. It takes part by the hooks that it has.
 */
export interface TrainingAid<Fields extends z.ZodRawShape = z.ZodRawShape> {
  /** As in checkpoints. */
  readonly name: string
  /** Its settings, with names, bounds, defaults and words. With the defaults it is off. */
  readonly fields: Fields
  isOn(settings: z.output<z.ZodObject<Fields>>): boolean
  /** What it does in this run, in one sentence. */
  tell(settings: z.output<z.ZodObject<Fields>>): string
  /** What is minimised instead of the task's own loss. */
  loss?(task: Task, settings: z.output<z.ZodObject<Fields>>): Loss
  /** Other forms of the network that are trained first. */
  readonly course?: CourseHook<z.output<z.ZodObject<Fields>>>
  /** Weights that follow those that are stepped, and stand for them in validation and result. */
  readonly follow?: FollowHook<z.output<z.ZodObject<Fields>>>
  /** Makes the result of the weights of several epochs. */
  readonly join?: JoinHook<z.output<z.ZodObject<Fields>>>
}

/** A run in parts, each with a form of the network of its own; the last part has the network as it was given. */
export interface CourseHook<Settings> {
  /** The part that an epoch (from 0) of `epochs` belongs to; null: the last one, with the network as it is. */
  part(place: CoursePlace, network: Network, settings: Settings): number | null
  /** The network of a part. Throws EngineError where there can't be one. */
  network(network: Network, part: number, settings: Settings): Network
}

export interface CoursePlace {
  readonly epoch: number
  readonly epochs: number
}

export interface FollowHook<Settings> {
  /** What follows after a step (from 0), of what followed before it and the weights now; by name, all of them. */
  after(followed: Tensors, weights: Tensors, step: number, settings: Settings): Tensors
}

/** The weights that an epoch (from 1) ended with, and its monitored value; null without validation images. */
export interface EpochWeights {
  readonly epoch: number
  readonly value: number | null
  readonly weights: Tensors
}

export interface JoinHook<Settings> {
  /** Those epochs, of all so far, whose weights may still be needed. `better`: is the first value better than the second? */
  keep(epochs: readonly EpochWeights[], better: Better, settings: Settings): readonly EpochWeights[]
  /** The weights that training ends with. */
  finish(epochs: readonly EpochWeights[], judge: Judge): Promise<JoinedWeights>
}

export interface JoinedWeights {
  readonly weights: Tensors
  /** The epochs that they are of, in order. */
  readonly epochs: readonly number[]
  /** What became of it, in one sentence. */
  readonly told: string
}

export type Better = (value: number, than: number) => boolean

/** Looks at weights with the validation images. */
export interface Judge {
  readonly better: Better
  /** The monitored value with these weights; null without validation images. */
  value(weights: Tensors): Promise<number | null>
}

/** Keeps the types of the fields while an aid is written; says nothing at run time. */
export const defineAid = <Fields extends z.ZodRawShape>(aid: TrainingAid<Fields>): TrainingAid<Fields> => aid
