import type { Mutation } from '../mutation.ts'

const profile = (name: string): string => `packages/profile/src/profile/${name}.ts`
const modelling: readonly string[] = ['profile/src/profile']

/** Of the life of profiles: drafts, publishing, the managed default, members. */
export const profileMutations: readonly Mutation[] = [
  {
    name: 'a relationship counts for itself alone',
    file: profile('relationship-count'),
    find: 'count: 1 + (counts.get(by)?.count ?? 0),',
    replace: 'count: 1,',
    proves: ['PR14'],
    tests: modelling,
  },
  {
    name: 'a circle is seen unless it begins where one looks first',
    file: profile('relations'),
    find: 'if (start >= 0) {',
    replace: 'if (start > 0) {',
    proves: ['PR15'],
    tests: modelling,
  },
  {
    name: 'one more 1:N relationship than allowed',
    file: profile('check-relationships'),
    find: 'if (many.length > limits.many) {',
    replace: 'if (many.length > limits.many + 1) {',
    proves: ['PR16'],
    tests: modelling,
  },
  {
    name: 'a refused publish names one fault',
    file: profile('life'),
    find: 'if (faults.length > 0) return failed(...faults)',
    replace: 'if (faults.length > 0) return failed(faults[0]!)',
    proves: ['PR3'],
    tests: modelling,
  },
  {
    name: 'an update of the vendor overwrites an edited filter',
    file: profile('managed'),
    find: 'if (isEdited || isSame(present, offered)',
    replace: 'if (isSame(present, offered)',
    proves: ['MG1'],
    tests: modelling,
  },
  {
    name: 'a filter that was refused is offered for ever',
    file: profile('managed'),
    find: 'refused.includes(table)) return []',
    replace: 'false) return []',
    proves: ['MG2'],
    tests: modelling,
  },
  {
    name: "the customer's own relationships are dropped",
    file: profile('merge-update'),
    find: 'name => given.includes(name) || !before.includes(name))',
    replace: 'name => given.includes(name))',
    proves: ['MG3'],
    tests: modelling,
  },
  {
    name: 'of two assignments the oldest counts',
    file: profile('membership'),
    find: 'b.at - a.at ||',
    replace: 'a.at - b.at ||',
    proves: ['MB3'],
    tests: modelling,
  },
  {
    name: 'a profile has effect in apps it is not attached to',
    file: profile('membership'),
    find: 'memberships.filter(({ profile }) => app.profiles.includes(profile))',
    replace: 'memberships',
    proves: ['MB4'],
    tests: modelling,
  },
]
