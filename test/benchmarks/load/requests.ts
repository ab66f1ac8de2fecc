import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

/** How long who was turned away waits. */
const refusedMilliseconds = 20

/** Of many times, in milliseconds. */
export interface Times {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly worst: number
}

/** The times of requests under load, and how many were answered in a second. */
export interface Load extends Times {
  readonly rate: number
  readonly count: number
  /** Requests that the server turned away because too many were there at once (429); not timed. */
  readonly refused: number
}

interface Answer {
  readonly milliseconds: number
  readonly status: number
  readonly etag: string | undefined
  readonly body: Buffer
}

/** What `load` needs. */
export interface LoadOptions {
  readonly connections: number
  readonly seconds: number
  /** Whether to send the answer's ETag, as a browser does that has it. */
  readonly known: boolean
}

/** Asks for an address over and over on several connections at once. */
export async function load(
  url: string,
  { connections, seconds, known }: LoadOptions,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { etag } = await ask(url, agent)
  const headers = known && etag !== undefined ? { 'If-None-Match': etag } : {}
  const times: number[] = []
  let refused = 0
  const started = performance.now()
  const end = started + seconds * 1000
  const ends = async () => {
    while (performance.now() < end) {
      const { status, milliseconds } = await ask(url, agent, headers)
      if (status !== 429) times.push(milliseconds)
      else {
        refused++
        await sleep(refusedMilliseconds)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, ends))
  const rate = (1000 * times.length) / (performance.now() - started)
  agent.destroy()
  return { ...summary(times), rate, count: times.length, refused }
}

/** The first answers after changes of the database, and the size of the answer. */
export async function first(url: string, change: () => Promise<void>, changes: number) {
  const agent = new Agent({ keepAlive: true })
  const times: number[] = []
  let body = Buffer.alloc(0)
  for (let at = 0; at < changes; at++) {
    await change()
    const answer = await ask(url, agent)
    times.push(answer.milliseconds)
    body = Buffer.from(answer.body)
  }
  agent.destroy()
  const isCompressed = body[0] === 0x1f && body[1] === 0x8b
  const bytes = isCompressed ? gunzipSync(body).length : body.length
  return { times: summary(times), bytes, compressed: body.length }
}

/** One request until its answer is there whole. */
async function ask(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const started = performance.now()
  const request = get(url, { agent, headers: { 'Accept-Encoding': 'gzip', ...headers } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const milliseconds = performance.now() - started
  const status = response.statusCode ?? 0
  const body = Buffer.concat(chunks)
  if (![200, 304, 429].includes(status)) throw new Error(`${url}: status ${status} ${body}`)
  return { milliseconds, status, etag: response.headers.etag, body }
}

/** Quantiles of times. */
export function summary(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), worst: quantile(1) }
}
