import { resolve } from 'node:path'
import compression from 'compression'
import express, { type Express, type RequestHandler, Router } from 'express'
import helmet from 'helmet'
import type { Store } from '../src/store/store.ts'
import { addressLimit } from './address-limit.ts'
import { aliases } from './aliases.ts'
import { answerCache } from './answer-cache.ts'
import { pagePaths } from './pages.ts'
import { methodNotAllowed, notFound, problemHandler, requestId } from './problem.ts'
import type { Files } from './route.ts'
import { routes } from './routes/index.ts'

/** What the server needs. */
export interface AppOptions {
  /** A read-only connection is enough. */
  readonly store: Store
  /** Folder of the bundled page: index.html, main.js, style.css. */
  readonly webFolder: string
  /** Where the files beside the database and the data sets lie; `./results` where not said. */
  readonly files?: Files
  /** Takes one entry for each error that was not foreseen; standard error by default. */
  readonly log?: (line: string) => void
}

/** The dashboard and its API. */
export function createApp(options: AppOptions): Express {
  const { store, webFolder, files = { results: 'results' }, log = toStandardError } = options
  const app = express()
  app.disable('x-powered-by')
  app.use(requestId, security(), compression(), addressLimit)
  app.use('/api', aliases)
  app.use('/api/v1', api(store, files))
  app.use('/api', notFound)
  app.use(express.static(webFolder, { index: false, setHeaders: keepButAsk }))
  app
    .route([...pagePaths])
    .get(sendPage(webFolder))
    .all(methodNotAllowed)
  app.use(notFound)
  app.use(problemHandler(log))
  return app
}

function api(store: Store, files: Files): Router {
  const router = Router()
  const once = answerCache(store)
  for (const { path, handler, kept = true } of routes) {
    const answer = handler(store, files)
    router
      .route(path)
      .get(kept ? once(answer) : answer)
      .all(methodNotAllowed)
  }
  return router
}

/**
 * Helmet's headers, less the two that assume TLS: the dashboard is served over plain http, where
 * upgraded requests and strict transport would leave a page without script and style.
 */
function security(): RequestHandler {
  return helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        upgradeInsecureRequests: null,
      },
    },
  })
}

function sendPage(webFolder: string): RequestHandler {
  const file = resolve(webFolder, 'index.html')
  return (_request, response) => {
    keepButAsk(response)
    response.sendFile(file, { cacheControl: false })
  }
}

function keepButAsk(response: { setHeader(name: string, value: string): void }): void {
  response.setHeader('Cache-Control', 'no-cache')
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`)
}
