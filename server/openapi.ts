import {
  extendZodWithOpenApi,
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
} from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import type { Route } from './route.ts'
import { problemSchema } from './schemas/problem.ts'

// The generator names a schema through a method that schemas made before this do not have.
extendZodWithOpenApi(z)

const description = `Read-only access to a results database of Gauntlet. Accuracies are shares in [0, 1]; epsilon is
in the units of its norm; times are ISO 8601 in UTC. Every JSON answer has an ETag: send it back as If-None-Match, and an
unchanged answer is a 304. Lists come by pages: pass nextCursor as cursor until it is null.`

const problems = {
  400: 'A parameter is missing, unknown or malformed; errors names each.',
  404: 'There is nothing of this name.',
  429: 'Too many queries and exports at once.',
  503: 'The results database cannot be read.',
} as const

/** An OpenAPI 3.1 document, generated from the routes and their schemas. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>

/** Describes routes below `/api/v1`. */
export function openApiOf(routes: readonly Route[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry()
  const problem = registry.register('Problem', z.strictObject(problemSchema.shape))
  const errors = Object.entries(problems).map(([status, text]): [string, ResponseConfig] => [
    status,
    { description: text, content: { 'application/problem+json': { schema: problem } } },
  ])
  for (const { path, summary, params, query, answer, produces } of routes) {
    const media = produces ?? ['application/json']
    registry.registerPath({
      method: 'get',
      path: templated(path),
      operationId: operationOf(path),
      summary,
      request: { ...(params && { params }), ...(query && { query }) },
      responses: {
        200: {
          description: summary,
          content: Object.fromEntries(media.map(type => [type, { schema: answer }])),
        },
        ...Object.fromEntries(errors),
      },
    })
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Gauntlet', version, description: description.replaceAll('\n', ' ') },
    servers: [{ url: '/api/v1' }],
  })
}

/** Express writes a parameter as `:id`, OpenAPI as `{id}`. */
export function templated(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

/** e.g. `runs`, `runs-id`. */
function operationOf(path: string): string {
  return path
    .split(/[^A-Za-z0-9]+/)
    .filter(part => part !== '')
    .join('-')
}
