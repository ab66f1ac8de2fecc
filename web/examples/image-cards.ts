import type { Contents, Gallery, GalleryItem, ImageContent } from '../../server/schemas/gallery.ts'
import { h } from '../h.ts'
import { seriesName } from '../names.ts'
import { type Card, cardElement, cardTitle, type Met, metWords, type Tile } from './card.ts'
import {
  changeOf,
  decodeFloats,
  drawChange,
  drawImage,
  fittingFactor,
  largest,
  type Shape,
} from './pixels.ts'
import { saveButton, savePng } from './png.ts'
import { rasterFigure } from './raster.ts'
import { fateWords, placeWords } from './words.ts'

/** How often changes are enlarged, and which spiking layer is drawn. */
export interface ImageView {
  readonly factor: number
  readonly layer: number
}

/** Cards of pictures: the clean one, then the change and the result for each model. */
export function imageCards(
  gallery: Gallery,
  contents: readonly Contents[],
  view: ImageView,
): readonly Card[] {
  return gallery.items.map(item => imageCard(gallery, contents, item, view))
}

/** The factor at which the largest change that is shown just fits the scale. */
export function fittingFactorOf(contents: readonly Contents[]): number {
  const sizes = contents.flatMap(({ images }) =>
    images.flatMap(({ clean, adversarial }) =>
      clean && adversarial
        ? [largest(changeOf(decodeFloats(clean), decodeFloats(adversarial)))]
        : [],
    ),
  )
  return fittingFactor(Math.max(0, ...sizes))
}

function imageCard(
  gallery: Gallery,
  contents: readonly Contents[],
  item: GalleryItem,
  view: ImageView,
): Card {
  const shape = contents[0]!.shape as unknown as Shape
  const own = contents.map(({ images }) => images.find(({ example }) => example === item.example))
  const tiles: Tile[] = []
  const picture = (caption: string, label: string, lines: readonly string[], draw: Draw) => {
    const canvas = h('canvas', { role: 'img', 'aria-label': label, class: 'pixels' })
    draw(canvas)
    tiles.push({ canvas, lines })
    return h('figure', { class: 'tile' }, canvas, h('figcaption', {}, caption))
  }
  const title = cardTitle(gallery, item)
  const clean = own.find(one => one?.clean)?.clean
  const common = clean
    ? h(
        'div',
        { class: 'common' },
        picture('clean', `${title}, as it is`, ['clean'], canvas =>
          drawImage(canvas, shape, decodeFloats(clean)),
        ),
      )
    : undefined
  const content = (met: Met) => {
    const image = own[met.at]
    if (!image?.adversarial) return [h('p', { class: 'muted' }, 'No picture: see above.')]
    const words = fateWords(item, item.outcomes[met.at]!, gallery.classes)
    const pictures = [
      change(image, shape, met, view.factor, picture),
      picture('adversarial', metWords(met), [seriesName(met.column.series), words], canvas =>
        drawImage(canvas, shape, decodeFloats(image.adversarial!)),
      ),
    ]
    return [
      h('div', { class: 'tiles' }, ...pictures),
      ...rasterFigure(contents[met.at]!.layers, image, met, view.layer),
    ]
  }
  const actions = saveButton('PNG', `PNG of ${title}`, () =>
    savePng(`example-${item.example}`, placeWords(gallery), [{ title, tiles }]),
  )
  return {
    example: item.example,
    title,
    element: cardElement({ gallery, item, common, actions, content }),
    tiles,
  }
}

type Draw = (canvas: HTMLCanvasElement) => void
type Picture = (caption: string, label: string, lines: readonly string[], draw: Draw) => HTMLElement

function change(
  { clean, adversarial }: ImageContent,
  shape: Shape,
  met: Met,
  factor: number,
  picture: Picture,
): HTMLElement | null {
  if (!clean || !adversarial) return null
  const values = changeOf(decodeFloats(clean), decodeFloats(adversarial))
  const moved = values.filter(value => value !== 0).length
  const label = `Change, ${factor} times as large: ${moved} of ${values.length} values changed. ${metWords(met)}`
  const caption = `change × ${factor}`
  return picture(caption, label, [seriesName(met.column.series), caption], canvas =>
    drawChange(canvas, shape, values, factor),
  )
}
