import type { DataFile, GraphEntry } from '../entry.ts'
import { citationClasses, citations } from '../graph/citations.ts'
import { planetoidParts } from '../graph/planetoid.ts'

const planetoid =
  'https://raw.githubusercontent.com/kimiyoung/planetoid/af6abf468a772cc055bec88c52e4d6f51b7c37e3/data/'
const benchmark =
  'https://raw.githubusercontent.com/shchur/gnn-benchmark/1e72912a0810cdf27ae54fd589a3b43358a2b161/data/npz/'

const cora = [
  'Theory',
  'Reinforcement_Learning',
  'Genetic_Algorithms',
  'Neural_Networks',
  'Probabilistic_Methods',
  'Case_Based',
  'Rule_Learning',
]
const citeseer = ['AI', 'ML', 'IR', 'DB', 'Agents', 'HCI']

/** The known graphs. */
export const graphSets: readonly GraphEntry[] = [
  {
    name: 'citations',
    kind: 'graph',
    format: 'generated',
    classes: citationClasses,
    licence: 'MIT',
    files: [],
    generate: citations,
    train: 80,
    test: 320,
  },
  {
    name: 'cora',
    kind: 'graph',
    format: 'planetoid',
    classes: cora,
    licence: 'none given (Sen et al. 2008)',
    folder: 'planetoid',
    train: 140,
    test: 1000,
    files: planetoidFiles('cora', [
      [22119, '23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab'],
      [4054, '94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1'],
      [148025, 'b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a'],
      [28135, '41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad'],
      [257305, '9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543'],
      [47959, '2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71'],
      [59847, '58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d'],
      [5000, '297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875'],
    ]),
  },
  {
    name: 'citeseer',
    kind: 'graph',
    format: 'planetoid',
    classes: citeseer,
    licence: 'none given (Sen et al. 2008)',
    folder: 'planetoid',
    train: 120,
    test: 1000,
    files: planetoidFiles('citeseer', [
      [31087, 'd20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6'],
      [3014, '8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924'],
      [260321, '539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21'],
      [24135, '55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce'],
      [595021, '2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668'],
      [55623, 'f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95'],
      [61987, 'd79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7'],
      [5000, '2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4'],
    ]),
  },
  {
    name: 'pubmed',
    kind: 'graph',
    format: 'planetoid',
    classes: ['diabetes 1', 'diabetes 2', 'diabetes 3'],
    licence: 'none given (Sen et al. 2008)',
    folder: 'planetoid',
    train: 60,
    test: 1000,
    files: planetoidFiles('pubmed', [
      [23172, 'fbe9cb5c47200d1b7769a26e579be3b7130b556831f9d850e77c4c74f2599b33'],
      [854, 'e6c807633307a07ed659249006536a147c7999c797f11a2560752990181b41b3'],
      [405505, '4eb5f5d0f30f26497eb0ac6ac9719d09c67e284f1ed0385c93f3ef27a671da3d'],
      [12135, 'ee2e0d4819d9fbcc403689c3bf2e49face401b605932f093bc58ab6461130fdd'],
      [7578385, '508e538e2abdccdd54c4d3e9f49d638b4af7107d85845f66ddea5a5152658b7e'],
      [224739, '0c37bbe3b5014ec365e9d393cf4791925e5ed94fb194305d74f064a8d7b50f0e'],
      [471808, '5b89f0036ca22909471f1e6558eb42fa06e0c730a577bde5b058b40638f81dc9'],
      [6000, 'b101d421688bbaecbd82e8a18f1e282378d6830f3a37666f28ebc47f844341b5'],
    ]),
  },
  // The same graphs from other files: nodes in another order, Citeseer without the 15 unlabelled.
  {
    name: 'cora-npz',
    kind: 'graph',
    format: 'npz',
    classes: cora.toSorted(),
    licence: 'none given (Sen et al. 2008)',
    folder: 'graph-npz/gnn-benchmark',
    train: 140,
    test: 1000,
    files: [
      {
        name: 'cora.npz',
        bytes: 540580,
        sha256: '068e22d90c3849b4057dfb05851741428992af058efcd4e7ebb4186f3d581de2',
        urls: [`${benchmark}cora.npz`],
      },
    ],
  },
  {
    name: 'citeseer-npz',
    kind: 'graph',
    format: 'npz',
    classes: citeseer.toSorted(),
    licence: 'none given (Sen et al. 2008)',
    folder: 'graph-npz/gnn-benchmark',
    train: 120,
    test: 1000,
    files: [
      {
        name: 'citeseer.npz',
        bytes: 1348784,
        sha256: '280278b21b434c047922e8389518861416fb3ad39389c27865ff0e6bbb0aaab7',
        urls: [`${benchmark}citeseer.npz`],
      },
    ],
  },
  // Derived from Planetoid's files for readers without pickle; nobody publishes these.
  {
    name: 'cora-plain',
    kind: 'graph',
    format: 'plain',
    classes: cora,
    licence: 'none given (Sen et al. 2008)',
    folder: 'planetoid/plain',
    train: 140,
    test: 1000,
    files: [
      {
        name: 'cora.nodes.tsv.gz',
        bytes: 82076,
        sha256: '2bf0cf497d1cd4433046ed8684838020b7b3dea15d8e750f9b743121131dad5c',
        urls: [],
      },
      {
        name: 'cora.edges.tsv.gz',
        bytes: 18220,
        sha256: '45d4c8f3f3bc56a4e2da58244d3ed4c61b00bbd078aae977460e9dd1aabfe2f2',
        urls: [],
      },
    ],
  },
  {
    name: 'citeseer-plain',
    kind: 'graph',
    format: 'plain',
    classes: citeseer,
    licence: 'none given (Sen et al. 2008)',
    folder: 'planetoid/plain',
    train: 120,
    test: 1000,
    files: [
      {
        name: 'citeseer.nodes.tsv.gz',
        bytes: 186447,
        sha256: 'd8e2e523026c149efa79398858d2a27935ae86373fe53fe771a3fa3617d73d72',
        urls: [],
      },
      {
        name: 'citeseer.edges.tsv.gz',
        bytes: 16937,
        sha256: 'e59bf24016afcc9a191c238afc3fc4bb8bc3efe2ce60dfe725d0faa332a356ad',
        urls: [],
      },
    ],
  },
]

/** The eight files of a graph, in the order of `planetoidParts`. */
function planetoidFiles(
  graph: string,
  checksums: readonly (readonly [bytes: number, sha256: string])[],
): readonly DataFile[] {
  return planetoidParts.map((part, i) => {
    const name = `ind.${graph}.${part}`
    const [bytes, sha256] = checksums[i]!
    return { name, bytes, sha256, urls: [planetoid + name] }
  })
}
