/** The mutations of `npx pnpm conformance --mutate`. To add one, add one object. */
import type { Mutation } from './mutation.ts'

export const mutations: readonly Mutation[] = []
