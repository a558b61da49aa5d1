import { describe } from 'vitest'
import { nodePlace } from './device/node.ts'
import { playAll } from './playing.fixture.ts'
import { fieldScenarios } from './scenarios.ts'

describe('in the field, on Node', () => {
  playAll(fieldScenarios, nodePlace)
})
