import { BlockList, isIP, isIPv4 } from 'node:net'

/**
 * Addresses anybody may reach. An administrator writes where a webhook goes, and the relay stands inside a network: it
 * must not become a way to this machine's own services, to those beside it, or to a cloud's metadata.
 */
export const isPublic = (address: string): boolean => {
  if (isIPv4(address)) return !special.check(address, 'ipv4')
  return isIP(address) === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6')
}

/** Global unicast: loopback, link-local, unique local, multicast and mapped IPv4 lie outside. */
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

const special = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(net, prefix, 'ipv4')
// Teredo, documentation, and 6to4 with any IPv4 inside.
special.addSubnet('2001::', 23, 'ipv6')
special.addSubnet('2001:db8::', 32, 'ipv6')
special.addSubnet('2002::', 16, 'ipv6')
