// A technician's day, as an app on the sample environment would show it. Read as text by the tests beside it.
import { type Rejoin, type Row } from '@rejoin/client'
import { useQuery } from '@rejoin/client/react'

export const Day = ({ rejoin, me }: { rejoin: Rejoin; me: string }): React.ReactNode => {
  const bookings = useQuery(
    rejoin.table('bookableresourcebooking').query({
      where: { ownerid: me, startTime: { 'next-seven-days': true } },
      orderBy: ['startTime', ['endTime', 'desc']],
    }),
  )
  return (
    <ul>
      {bookings.map(({ workorder, ...booking }) => {
        const order = rejoin.table('workorder').get(String(workorder))
        return (
          <li key={booking.bookableresourcebookingid}>
            {booking.startTime} {order?.subject} <Customer rejoin={rejoin} order={order} />
          </li>
        )
      })}
    </ul>
  )
}

// here the order came by a property: its columns are known by name alone
const Customer = ({ rejoin, order }: { rejoin: Rejoin; order: Row }): React.ReactNode => {
  const account = rejoin.table('account').get(order.account)
  return <address>{account?.city ?? 'unknown'}</address>
}

export const Tasks = ({ rejoin, id }: { rejoin: Rejoin; id: string }): React.ReactNode => {
  const tasks = useQuery('workorderservicetask', { where: { workorder: id }, orderBy: 'lineOrder' })
  const finish = async (): Promise<void> => {
    await rejoin.group(group => {
      for (const task of tasks) if (!task.done) group.table('workorderservicetask').update(task.id, { result: 'pass' })
      group.table('workorder').update(id, { status: 'done' })
    })
  }
  return <button onClick={finish}>{tasks.filter(each => each.done).length}</button>
}

// the machine behind the oldest incident; its product is looked up at the relay
export async function machineOf(rejoin: Rejoin, id: string): Promise<string> {
  let asset
  for (const incident of incidentsOf(rejoin, id)) {
    const { asset: of } = incident
    asset = rejoin.table('customerasset').get(of)
  }
  const products = await rejoin.online.table('product').query({ where: { active: true } })
  return `${asset!.serialNumber}: ${products.find(product => product.productid === asset.product)?.name}`
}

function incidentsOf(rejoin: Rejoin, id: string) {
  return rejoin.table('workorderincident').query({ where: { workorder: id } }).current
}
