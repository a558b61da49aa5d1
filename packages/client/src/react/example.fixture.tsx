import { hooksFor, useOutbox, useStatus } from '@rejoin/client/react'
import type { schema } from '../device/device.fixture.ts'

const { useQuery, useRejoin } = hooksFor<typeof schema>()

export const OpenTasks = () => {
  const rejoin = useRejoin()
  const open = useQuery('task', { where: { done: { ne: true } }, orderBy: 'title' })
  const status = useStatus()
  const waiting = useOutbox().length
  return (
    <main>
      <p>{`${status.title}, ${waiting} waiting`}</p>
      {open.map(({ taskid, title }) => (
        <button key={taskid} onClick={() => void rejoin.table('task').update(taskid, { done: true })}>
          {title}
        </button>
      ))}
    </main>
  )
}
