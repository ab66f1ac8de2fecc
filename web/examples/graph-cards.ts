import type { Contents, Gallery, GraphContent } from '../../server/schemas/gallery.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { table } from '../table.ts'
import { type Card, cardElement, cardTitle, type Met, metWords } from './card.ts'
import { placesOf } from './layout.ts'
import { svg } from './svg.ts'

const size = 300

/** Cards of nodes: the surroundings of the target, drawn and listed, as each model met them. */
export function graphCards(gallery: Gallery, contents: readonly Contents[]): readonly Card[] {
  return gallery.items.map(item => {
    const element = cardElement({
      gallery,
      item,
      content(met) {
        const graph = contents[met.at]?.graphs.find(({ example }) => example === item.example)
        return graph
          ? [drawn(graph, met), ...listed(graph, met)]
          : [h('p', { class: 'muted' }, 'No graph: see above.')]
      },
    })
    return { example: item.example, title: cardTitle(gallery, item), element, tiles: [] }
  })
}

/** Nodes carry the number of their class; added edges are thick, removed ones dashed. */
function drawn(graph: GraphContent, met: Met): SVGElement {
  const places = placesOf(graph, size)
  const lines = graph.edges.map(({ u, v, state }) => {
    const [from, to] = [places.get(u)!, places.get(v)!]
    return svg('line', { class: `edge ${state}`, x1: from.x, y1: from.y, x2: to.x, y2: to.y })
  })
  const circles = graph.nodes.map(({ node, label, hop }) => {
    const { x, y } = places.get(node)!
    const radius = hop === 0 ? 15 : 10
    return svg(
      'g',
      { class: `node hop-${hop}` },
      svg('title', {}, `node ${node}, ${className(met, label)}`),
      svg('circle', { cx: x, cy: y, r: radius }),
      svg('text', { x, y, dy: '0.35em', 'text-anchor': 'middle' }, label < 0 ? '?' : String(label)),
    )
  })
  const label = `Surroundings of node ${graph.node}: ${changeWords(graph)}. ${metWords(met)}`
  return svg(
    'svg',
    { class: 'graph', role: 'img', 'aria-label': label, viewBox: `0 0 ${size} ${size}` },
    ...lines,
    ...circles,
  )
}

function changeWords({ edges, added, removed, changedEntries, nodes, leftOut }: GraphContent) {
  const drawn = edges.filter(({ state }) => state !== 'kept').length
  const words = [
    `${format.plural(added, 'edge')} added and ${removed} removed`,
    drawn < added + removed && `${drawn} of them drawn`,
    changedEntries > 0 && `${format.plural(changedEntries, 'feature')} changed in the whole graph`,
    `${format.plural(nodes.length, 'node')} drawn`,
    leftOut > 0 && `${format.plural(leftOut, 'neighbour')} left out`,
  ]
  return words.filter(Boolean).join(', ')
}

/** The changes in words, and all pairs as a table. */
function listed(graph: GraphContent, met: Met): HTMLElement[] {
  const changed = graph.edges.filter(({ state }) => state !== 'kept')
  const label = (node: number) => graph.nodes.find(one => one.node === node)!.label
  const end = (node: number) => `${node} (${className(met, label(node))})`
  const features = graph.entries.map(
    ({ column, before, after }) =>
      `feature ${column} of the target: ${format.real(before)} → ${format.real(after)}`,
  )
  return [
    h('p', { class: 'size' }, changeWords(graph)),
    h(
      'ul',
      { class: 'changes' },
      ...changed.map(({ u, v, state }) =>
        h('li', {}, `${state === 'added' ? '+ joined' : '− parted'} ${end(u)} – ${end(v)}`),
      ),
      ...features.map(text => h('li', {}, text)),
    ),
    h(
      'details',
      { id: `edges-${met.at}-${graph.example}` },
      h('summary', {}, 'Edges as a table'),
      table(
        `Edges about node ${graph.node}`,
        [
          { header: 'From', value: edge => end(edge.u) },
          { header: 'To', value: edge => end(edge.v) },
          { header: 'State', value: edge => edge.state },
        ],
        graph.edges,
      ),
    ),
  ]
}

function className({ gallery }: Met, label: number): string {
  return label < 0 ? 'no label' : (gallery.classes[label] ?? String(label))
}
