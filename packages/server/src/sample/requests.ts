import { fileURLToPath } from 'node:url'

/** The mapping of the St. Louis service requests, and an invented file of the same form with every defect. From `src`, which is published too. */
export const requestsMappingPath: string = fileURLToPath(
  new URL('../../src/sample/requests.mapping.json', import.meta.url),
)
export const requestsFixturePath: string = fileURLToPath(
  new URL('../../src/sample/requests.fixture.csv', import.meta.url),
)
