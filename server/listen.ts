import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, UsageError, WorkError } from '../src/errors.ts'

/**
 * Serves an app at this host and port; port 0 takes a free one.
 *
 * @throws UsageError if the port is in use, not allowed, or the host is none of this machine's
 */
export async function listen(app: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(app)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    const explain = refusals[code]
    if (explain) throw new UsageError(explain(port, host))
    throw new WorkError(`cannot listen at ${host} port ${port}: ${messageOf(error)}`)
  }
  return server
}

const refusals: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port, host) => `port ${port} at ${host} is in use; choose another one with --port`,
  EACCES: port => `port ${port} is not allowed; choose one from 1024 up with --port`,
  EADDRNOTAVAIL: (_port, host) => `unknown host: ${host} (no address of this machine)`,
  ENOTFOUND: (_port, host) => `unknown host: ${host}`,
}

/** Where a browser on this machine finds the server. */
export function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}/`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`
}

/** Whether only this machine can reach the server. */
export function isLoopback(server: Server): boolean {
  const { address } = server.address() as AddressInfo
  return address === '::1' || address.startsWith('127.')
}

/** Stops taking requests and waits until the last one is answered or cut. */
export async function close(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  if (server.listening) await once(server, 'close')
}
