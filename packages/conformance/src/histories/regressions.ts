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
  regression(
    'work taken along was left out elsewhere, because a later edit of its device was in the record',
    174,
    `
    strategy 2108137634 2045822671 1716152131 1145537750 378805281
    delete 2013043208 931274817 51775844 1743010369 1754094308
    clear 799025184 1340430686 42872002 660559695 137823512
    update 557762920 1607042337 1595574038 958958115 1156935174
    twice 1515049578 584090500 1915772194 1669605932 1441596293
    import 302311883 2077042429 705482181 13992512 976941015
  `,
  ),
  regression(
    'the back office did not see what a removed user had made on a record that never came to be',
    363,
    `
    cache-expires 2093687339 1924919141 1954627664 822422824 188670173
    create 917605711 1507046407 1561082071 916464895 568111378
    group 1712859567 1902852548 1146368328 282276571 582840066
    remove 752951017 1036908693 539683184 1497213651 637177632
  `,
  ),
  regression(
    'the check did not know that an entry which names the given-up record it refers to says what it waits for',
    91037,
    `
    cache-expires 671134936 1177946147 618286526 1406472688 1974373029
    create 1479285072 531855585 1476708955 1958699108 1671686057
    annotate 2063612968 1074519730 486273902 1667827789 1168412733
    submit 686616572 714333546 1244820503 390364908 355520646
    complete 1006112060 2008441935 1718057051 1569304190 724956992
    undo 313003332 863326207 353457193 1608109576 1081927562
  `,
  ),
]
