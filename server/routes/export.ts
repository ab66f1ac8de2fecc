import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler, Response } from 'express'
import { UsageError } from '../../src/errors.ts'
import { type ExportFormat, formats } from '../../src/export/formats.ts'
import { type ExportRequest, type ExportSource, withSource } from '../../src/export/source.ts'
import { databaseFileOf } from '../../src/store/database-file.ts'
import type { Store } from '../../src/store/store.ts'
import { heavyGate } from '../gate.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { exportLimits, exportParamsSchema, exportQuerySchema } from '../schemas/export.ts'

/** A reader that takes nothing for so long makes room for others. */
const idleMilliseconds = 60_000

/**
 * `GET /export.csv`, `.json`, `.parquet` and `.npz`: the rows of a view or table as a file. What can
 * be written piece by piece is sent as it is read.
 */
export function exportRows(store: Store): RequestHandler {
  const gate = heavyGate(store)
  return async (request, response) => {
    const { format } = parsed(exportParamsSchema, request.params)
    const { view, ...columns } = parsed(exportQuerySchema, request.query)
    const most = formats[format].whole ? exportLimits.whole : exportLimits.streamed
    const asked = { view, where: Object.entries(columns), most }
    response.setHeader('X-Row-Limit', most)
    const filename = await databaseFileOf(store)
    await gate(() =>
      withSource(filename, asked, async source => {
        refuseMore(source, most, format)
        response.setHeader('X-Row-Count', source.count)
        response.setHeader('Content-Disposition', `attachment; filename="${view}.${format}"`)
        if (request.method === 'HEAD') response.type(formats[format].mediaType).end()
        else await send(response, formats[format], source)
      }).catch(error => {
        throw explain(error, asked)
      }),
    )
  }
}

function refuseMore({ count }: ExportSource, most: number, format: string): void {
  if (count <= most) return
  const advice = format === 'npz' ? 'ask for parquet, or filter by a column' : 'filter by a column'
  throw new HttpProblem(
    413,
    `more than ${most} rows, which is all that one ${format} may hold; ${advice}`,
  )
}

async function send(response: Response, format: ExportFormat, source: ExportSource): Promise<void> {
  response.setHeader('Content-Type', format.mediaType)
  response.setHeader('Cache-Control', 'no-cache')
  response.setTimeout(idleMilliseconds, () => response.destroy())
  try {
    await pipeline(Readable.from(format.encode(source)), response)
  } catch (error) {
    // Whoever goes away half-way wants no more; nothing is wrong.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

/** What is asked wrongly names the parameter at fault. */
function explain(error: unknown, { where }: ExportRequest): unknown {
  if (!(error instanceof UsageError)) return error
  const column = where.find(([name]) => error.message.startsWith(`unknown column: ${name} `))
  return new HttpProblem(400, error.message, [
    { field: column?.[0] ?? 'view', message: error.message },
  ])
}
