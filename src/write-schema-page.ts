/** Run by `npm run docs:schema`: writes docs/schema.md. */
import { writeFile } from 'node:fs/promises'
import { schemaPage } from './store/schema-page.ts'

await writeFile(new URL('../../docs/schema.md', import.meta.url), await schemaPage())
