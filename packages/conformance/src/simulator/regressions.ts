import type { StrategyName } from '@rejoin/profile'
import { type Plan, usersOf } from './plan.ts'
import { stepFrom } from './shrink.ts'

/** Runs that broke a promise, or would if a fault were planted, shrunk to the steps that matter. Each is named by what was wrong. */
export interface Regression {
  readonly name: string
  readonly seed: number
  readonly strategy: StrategyName
  readonly plan: Plan
}

const regression = (
  name: string,
  seed: number,
  strategy: StrategyName,
  devices: number | Plan['users'],
  steps: string,
): Regression => ({
  name,
  seed,
  strategy,
  plan: {
    users: typeof devices === 'number' ? usersOf(devices, false) : devices,
    steps: steps
      .trim()
      .split('\n')
      .map(line => stepFrom(line.trim())),
  },
})

export const regressions: readonly Regression[] = [
  regression(
    'a question asked inside a group left no trace in the ledger',
    4,
    'ask',
    5,
    `
    flow 1410902282 1799607763 838660172 623294716 2073260089
    update 839803483 334325910 292681258 903535619 1375687073
    group 1634683159 2087101836 723410891 1348615938 1029991324
  `,
  ),
  regression(
    'a question carried columns its author may not hold',
    40,
    'ask',
    6,
    `
    flow 286660849 113285793 901448923 969238757 1236655727
    update 1223669748 214555004 1232693914 1288769319 1199288501
    delete 554207241 629469952 657343654 1702411643 1092000959
  `,
  ),
  regression(
    'a record that left the scope took along the bytes its later edits stood on',
    38,
    'serverWins',
    3,
    `
    flow 2007730789 193974863 907277353 777435757 1077143032
    chain 1854904706 197665967 1568960281 1171952078 1603748311
    flow 69000240 2032769204 1013667210 1232223421 1143512485
    delete 1083855368 945789573 709541052 667344500 1859129514
  `,
  ),
  regression(
    'a work document waited for an accepted edit whose record was gone',
    3,
    'merge',
    3,
    `
    flow 652474940 420429906 238850223 1808981254 315455817
    chain 2116412069 2028210524 149204510 627740630 1064966628
  `,
  ),
  regression(
    'a retry recorded again what the relay had accepted before it',
    3,
    'merge',
    3,
    `
    flow 942514244 1211163974 169885343 1647065172 2125174977
    chain 2116412069 2028210524 149204510 627740630 1064966628
    flow 471796437 1058695413 1892595756 2118415410 1218269364
    offline 415756805 1947717759 1347525080 914173164 336297586
    retry 1530479897 127887646 121031909 1391095927 1312026606
  `,
  ),
  regression(
    'an accepted edit was held by a later one of its record',
    38,
    'serverWins',
    3,
    `
    flow 2007730789 193974863 907277353 777435757 1077143032
    chain 1854904706 197665967 1568960281 1171952078 1603748311
    flow 69000240 2032769204 1013667210 1232223421 1143512485
    update 1600457945 597670842 244907685 715778197 1832230165
    offline 1579056446 1028233019 79420986 890931380 1674821300
  `,
  ),
  regression(
    'a wait for an edit settled meanwhile was taken for its loss',
    544,
    'ask',
    3,
    `
    flow 1977015845 2044664537 607579196 866049332 36250609
    stop-relay 1063767931 1261545304 454189847 924666099 794492273
    wait 1113866886 760281611 142635706 1535207625 1597637582
    update 1411411640 2120581020 202722467 980671693 715321911
    kill-relay-after-commit 1812974216 766689162 1352051724 806011643 699311693
    restart-device 1168456536 1699436478 298408781 299170090 1710916834
    chain 968609175 1263322811 1623519767 69190579 239342521
    flow 818714982 1024217018 394578827 388179464 306175316
    wait 1804494421 405306867 1703522530 572619351 2142727662
    shuffle 741451755 715835055 424491682 1223661617 1960127551
  `,
  ),
  regression(
    'a pending edit was laid over the record it was already inside of',
    82,
    'clientWins',
    ['ada', 'ben', 'cleo', 'dan', 'ada', 'ada'],
    `
    flow 1011011427 1522721531 1092221637 968428444 1890729489
    chain 1761176918 1607515191 930020543 239647591 492339313
    deliver 209302007 1827155585 1918848984 602090952 1405316888
    update 1966902549 1116746110 1818299034 143309389 705874185
    cut 141045068 777905304 263893473 814107893 2098194526
    flow 878696704 308831630 569253940 503171800 919142247
    wait 1347256322 494264113 270846111 33522911 1711155676
    deliver 1054763593 820102909 214082703 422985561 482023449
    deliver 840678733 589521972 1106592129 2005923865 1767160820
  `,
  ),
  regression(
    'a lost member of a group was held by the refused one after a reconnect, and never heard of its loss',
    2146,
    'serverWins',
    ['ada', 'ben', 'cleo', 'dan', 'ada'],
    `
    flow 880236919 1384199431 387041998 543473705 1920531851
    office 963845834 1581638686 668983532 719781050 1330673818
    group 496822368 2031242797 1565336087 232058024 1162194787
    create 2080082593 209011556 1935358043 2039943716 1165466396
    flow 497251897 688466334 882778104 842587619 1849753140
    kill-relay 121953593 150003497 1119577232 1776824307 692542159
  `,
  ),
]
