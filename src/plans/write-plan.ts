import { type Document, isMap, isScalar, isSeq, type Node, Document as YamlDocument } from 'yaml'
import type { PlanInput } from './plan.ts'

/** What stands above a key of a plan file, by its path; `[]` is any place of a list. */
const comments: Readonly<Record<string, string>> = {
  name: 'Nightlies of the same name are compared with each other.',
  models: 'Groups of matched models: all of a group is shared but the arm.',
  'models[].data':
    'npx gauntlet data list; train and test: so many first examples, all if left out.',
  'models[].architecture':
    'mlp, lenet, resnet5, vgg8, resnet, snn, snn-conv; elman, gru, lstm on texts; gcn, gat on a graph.',
  'models[].vary': 'One group for each combination of these sizes: depth, width.',
  'models[].arms':
    'bp, bp-noise, lr-logit, lr-weight, lr-hybrid, es: see docs/likelihood-ratio.md.',
  'models[].seeds': 'Fixes weights, data order and noise. Several tell the spread of trainings.',
  attacks: 'Each attack at each size; see docs/attacks.md.',
  examples: 'So many first test examples are attacked; 0 attacks none.',
  transfer: 'Which models are judged on the examples of others: none, same-seed, all.',
  ensembles: 'Examples crafted on several models at once: none, arms, seeds.',
  checks: 'Is the robustness real? See docs/checks.md.',
  corruptions: 'Noise, blur, weather: see docs/corruptions.md.',
  smoothing: 'Certified accuracy: see docs/corruptions.md.',
  probe: 'Gradients compared with backprop: variance, cosine, bias, time.',
  'probe.sweep': 'Crosses copies and σ with every estimator.',
  'probe.reference': 'Copies behind the gradient of the smoothed objective.',
}

/** What else a plan may ask for, where it does not. */
const examples: readonly (readonly [key: keyof PlanInput, line: string])[] = [
  ['examples', 'examples: 500'],
  ['transfer', 'transfer: all'],
  ['checks', 'checks: { norm: linf, epsilons: [0.1] }'],
  ['corruptions', 'corruptions: { severities: [1, 3, 5], examples: 200 }'],
  ['probe', 'probe: { estimators: [{ name: lr-logit, copies: 16 }], batch: 50, repeats: 20 }'],
]

/** Lists and maps up to this many characters stand on one line. */
const lineLength = 88

/**
 * A plan as a YAML file for people: what each part means stands above it, short parts are on one
 * line, and what else there could be is written out behind `#`.
 *
 * @param head lines above the plan
 */
export function planFile(plan: PlanInput, head: readonly string[]): string {
  const document = new YamlDocument(plan, { aliasDuplicateObjects: false })
  document.commentBefore = head.map(line => ` ${line}`).join('\n')
  annotate(document.contents, '')
  const body = document.toString({ lineWidth: 0, flowCollectionPadding: true })
  const more = examples.filter(([key]) => !(key in plan)).map(([, line]) => `# ${line}`)
  return more.length === 0 ? body : `${body}\n# What else a plan may ask for:\n${more.join('\n')}\n`
}

function annotate(node: Document['contents'], path: string): void {
  if (isSeq<Node>(node)) {
    for (const [at, item] of node.items.entries()) {
      // What stands above a part is said once.
      if (at === 0) annotate(item, `${path}[]`)
      else annotate(item, '-')
    }
    node.flow = path !== '' && fits(node)
  }
  if (isMap<Node, Node>(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : ''
      const at = path === '' ? name : `${path}.${name}`
      const comment = comments[at]
      if (comment) key.commentBefore = ` ${comment}`
      annotate(value, at)
    }
    node.flow = path !== '' && fits(node)
  }
}

/** Whether a part is short enough for one line, without comments within. */
function fits(node: Node): boolean {
  const commented = isMap<Node>(node) && node.items.some(({ key }) => key.commentBefore)
  return !commented && JSON.stringify(node.toJSON()).length <= lineLength
}
