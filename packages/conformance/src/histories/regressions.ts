import type { Step } from './plan.ts'
import { stepsFrom } from './shrink.ts'

/** Histories that broke a promise, shrunk to the steps that matter. Each is named by what was wrong. */
export interface Regression {
  readonly name: string
  readonly seed: number
  readonly steps: readonly Step[]
}

const regression = (name: string, seed: number, steps: string): Regression => ({ name, seed, steps: stepsFrom(steps) })

export const regressions: readonly Regression[] = [
  regression(
    'who reset his device never heard that what he had given up took effect',
    25,
    `
    cut-at-frame 1165616038 111395968 1714183535 1118539075 2133289752
    office 734215767 222910756 473936332 389938083 1955974227
    chain 260496457 991864868 2940365 1278060083 20636736
    chain 281788448 1095409445 1654614294 1106363432 16776587
    create 1677047314 790613104 1205308131 1375313667 1386245797
    discard 699080070 2035425104 744571654 1192812057 1494093747
    reset 1424584814 1818369272 1904484948 329033764 1172225739
  `,
  ),
]
