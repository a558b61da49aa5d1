import type { ArgsOf, Command, SchemaSource, TableName } from '@rejoin/profile'
import { RejoinFault } from '../device/fault.ts'
import { newUuid } from '../device/host.ts'
import type { Values, Wish } from './saving.ts'
import { calling, creation, type TableParts } from './table.ts'
import type { ChangesIn, NewRowIn } from './typing.ts'

/** Several edits that take effect together or not at all, here and at the relay (OB13). */
export interface Group<S extends SchemaSource> {
  /** a table whose edits join the group */
  table<T extends TableName<S>>(name: T): GroupTable<S, T>
}

/** The saves of `TableApi`, noted down: nothing is checked or saved before the whole group is. */
export interface GroupTable<S extends SchemaSource, T extends TableName<S>> {
  /** @returns the id the record will have, for edits after it in the group */
  create(values: NewRowIn<S, T>): string
  /** by column name; null clears */
  update(id: string, values: ChangesIn<S, T>): void
  /** as the last edit of its record */
  delete(id: string): void
  /** a named action, by its definition or its name */
  run<A>(command: Command<A>, id: string, args: ArgsOf<A>): void
  run(command: string, id: string, args?: Values): void
}

const MAX_GROUP = 100

/** @throws RejoinFault for the first edit that cannot be saved; then none is */
export const saveGroup = async (parts: TableParts, build: (group: Group<SchemaSource>) => void): Promise<void> => {
  const wishes: Wish[] = []
  build({
    table: name => ({
      create: values => {
        const wish = creation(parts, name, values as Values)
        wishes.push(wish)
        return wish.id
      },
      update: (id, values) => void wishes.push({ kind: 'update', table: name, id, values: values as Values }),
      delete: id => void wishes.push({ kind: 'delete', table: name, id }),
      run: (command: string | Pick<Command, 'name'>, id: string, args?: Values) =>
        void wishes.push(calling(name, command, id, args)),
    }),
  })
  if (wishes.length > MAX_GROUP) {
    throw new RejoinFault({
      code: 'too-many',
      message: `a group has at most ${MAX_GROUP} edits, this one has ${wishes.length}`,
    })
  }
  await parts.act({ do: 'save', wishes, group: newUuid(parts.host) })
}
