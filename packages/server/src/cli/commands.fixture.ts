import { defineCommand } from '@rejoin/profile'

export const commands = [defineCommand({ table: 'visit', name: 'finish', run: () => ({ set: { status: 'done' } }) })]
