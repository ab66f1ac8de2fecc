import { resolve } from 'node:path'
import compression from 'compression'
import express, { type Express, type RequestHandler, Router } from 'express'
import helmet from 'helmet'
import type { Store } from '../src/store/store.ts'
import { methodNotAllowed, notFound, problemHandler, requestId } from './problem.ts'
import { gradients } from './routes/gradients.ts'
import { health } from './routes/health.ts'
import { robustness } from './routes/robustness.ts'
import { run } from './routes/run.ts'
import { runs } from './routes/runs.ts'
import { steps } from './routes/steps.ts'
import { summary } from './routes/summary.ts'
import { sweep } from './routes/sweep.ts'

/** What the server needs. */
export interface AppOptions {
  /** A read-only connection is enough. */
  readonly store: Store
  /** Folder of the bundled page: index.html, main.js, style.css. */
  readonly webFolder: string
  /** Takes one entry for each error that was not foreseen; standard error by default. */
  readonly log?: (line: string) => void
}

/** The page's own addresses; whatever else is asked for as a page is not found. */
const pages = ['/', '/gradients', '/runs', '/runs/:id', '/checks']

/** The dashboard and its API. */
export function createApp({ store, webFolder, log = toStandardError }: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(requestId, security(), compression())
  app.use('/api/v1', api(store))
  app.use('/api', notFound)
  app.use(express.static(webFolder, { index: false, setHeaders: keepButAsk }))
  app.route(pages).get(sendPage(webFolder)).all(methodNotAllowed)
  app.use(notFound)
  app.use(problemHandler(log))
  return app
}

function api(store: Store): Router {
  const router = Router()
  const routes: readonly (readonly [path: string, handler: RequestHandler])[] = [
    ['/health', health(store)],
    ['/summary', summary(store)],
    ['/robustness', robustness(store)],
    ['/gradients', gradients(store)],
    ['/gradients/sweep', sweep(store)],
    ['/gradients/steps', steps(store)],
    ['/runs', runs(store)],
    ['/runs/:id', run(store)],
  ]
  for (const [path, handler] of routes) router.route(path).get(handler).all(methodNotAllowed)
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
