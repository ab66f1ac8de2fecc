import type { PlanInput } from '../plan.ts'
import { ablation } from './ablation.ts'
import { budgets } from './budgets.ts'
import { citationGraph } from './graphs.ts'
import { images28 } from './images28.ts'
import { memory } from './memory.ts'
import { cifar10, paperResnet5, paperVgg8 } from './papers.ts'
import { probeDepthWidth } from './probe-depth-width.ts'
import { probeQuick } from './probe-quick.ts'
import { quick } from './quick.ts'
import { robustness28 } from './robustness28.ts'
import { spiking } from './spiking.ts'
import { shortTexts } from './texts.ts'

/** The plans that come with Gauntlet, by name. */
export const profiles: Readonly<Record<string, PlanInput>> = Object.freeze({
  quick,
  mnist: images28('mnist', 'mnist'),
  fashion: images28('fashion', 'fashion-mnist'),
  'robustness-mnist': robustness28('robustness-mnist', 'mnist', [0.1, 0.2]),
  'robustness-fashion': robustness28('robustness-fashion', 'fashion-mnist', [0.05, 0.1]),
  cifar10,
  agnews: shortTexts('agnews', 'ag-news', 3),
  trec: shortTexts('trec', 'trec', 20, { length: 16 }),
  cora: citationGraph('cora'),
  citeseer: citationGraph('citeseer'),
  memory,
  spiking,
  ablation,
  budgets,
  'paper-resnet5': paperResnet5,
  'paper-vgg8': paperVgg8,
  'probe-quick': probeQuick,
  'probe-depth-width': probeDepthWidth,
})
