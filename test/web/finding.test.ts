import test from 'ava'
import type { Curve, Difference, Gap, Robustness } from '../../server/schemas/robustness.ts'
import { finding } from '../../web/finding.ts'

const plain = (text: string) => text.replaceAll('\u202f', ' ')

interface Numbers {
  readonly difference: number
  readonly p: number
  readonly clean?: readonly [bp: number, lr: number, p: number]
  readonly gap?: { readonly difference: number; readonly p: number }
}

function data({ difference, p, clean = [0.95, 0.95, 1], gap }: Numbers): Robustness {
  return {
    norm: 'linf',
    methods: { accuracy: '', difference: '', worstCase: '' },
    settings: [],
    setting: {
      id: 's',
      datasetId: 'd',
      dataset: 'glyphs',
      trainCount: 1,
      testCount: 1,
      classes: 10,
      architecture: 'lenet',
      architectureConfig: {},
      trainingConfig: {},
      models: 2,
      createdAt: '2026-11-20T00:00:00Z',
    },
    chance: 0.1,
    series: [],
    leftOut: [],
    attacks: ['worst-case', 'pgd'],
    epsilons: [0.1],
    curves: [...curves('bp', clean[0], 0.102), ...curves('lr-logit', clean[1], 0.102 + difference)],
    differences: ['pgd', 'worst-case'].flatMap(attack => [
      paired(attack, 0.1, difference, p),
      paired(attack, 0, clean[1] - clean[0], clean[2]),
    ]),
    gaps: gap ? [gapOf(gap)] : [],
    verdicts: [],
    flags: [],
  }
}

function curves(series: string, clean: number, robust: number): Curve[] {
  return ['pgd', 'worst-case'].map(attack => ({
    series,
    attack,
    craftedOn: null,
    points: [point(0, clean), point(0.1, robust)],
  }))
}

function point(epsilon: number, accuracy: number) {
  return {
    epsilon,
    n: 400,
    correct: 0,
    accuracy,
    low: accuracy - 0.03,
    high: accuracy + 0.03,
    seeds: [],
  }
}

function paired(attack: string, epsilon: number, difference: number, p: number): Difference {
  return {
    series: 'lr-logit',
    against: 'bp',
    attack,
    epsilon,
    difference,
    p,
    ...rest(difference, p),
  }
}

function gapOf({ difference, p }: { difference: number; p: number }): Gap {
  const craftedOn = { arm: 'bp', architecture: 'lenet' }
  return {
    series: 'lr-logit',
    craftedOn,
    attack: 'pgd',
    epsilon: 0.1,
    difference,
    p,
    ...rest(difference, p),
  }
}

function rest(difference: number, p: number) {
  const [low, high] = [difference - 0.02, difference + 0.02]
  const overSeeds = { sd: 0.01, low: difference - 0.04, high: difference + 0.04, p }
  return {
    ...{ n: 400, seeds: [0, 1], low, high, better: 0, worse: 0, perSeed: [] },
    ...{ holm: p, overSeeds, bootstrap: null },
  }
}

test('a difference that cannot be told is not claimed', t => {
  const { verdict, headline, numbers } = finding(data({ difference: 0.018, p: 0.4 }), 'pgd', 0.1)
  t.is(verdict, 'undecided')
  t.is(headline, 'At ε = 0.1 no difference between likelihood ratio and backprop can be told')
  t.is(
    plain(numbers),
    'On glyphs / lenet, PGD L∞ ε = 0.1: likelihood ratio 12.0 % [9.0, 15.0] against backprop ' +
      '10.2 % [7.2, 13.2]; paired difference +1.8 points [−0.2, 3.8] over 400 test examples, ' +
      '[−2.2, 5.8] over 2 seeds, p = 0.40 (Holm).',
  )
})

test('a difference is claimed in its direction', t => {
  t.is(finding(data({ difference: 0.2, p: 0.001 }), 'pgd', 0.1).verdict, 'more')
  const less = finding(data({ difference: -0.05, p: 0.01 }), 'pgd', 0.1)
  t.is(less.verdict, 'less')
  t.regex(less.headline, /likelihood ratio model is less robust/)
})

test('what one p-value claims is not claimed after the adjustment for all', t => {
  const alone = data({ difference: 0.2, p: 0.03 })
  const differences = alone.differences.map(one => ({ ...one, holm: 0.06 }))
  t.is(finding(alone, 'pgd', 0.1).verdict, 'more')
  t.is(finding({ ...alone, differences }, 'pgd', 0.1).verdict, 'undecided')
})

test('a black box that beats the white box puts the claim in doubt', t => {
  const gap = { difference: -0.1, p: 0.001 }
  const { headline, remarks } = finding(data({ difference: 0.2, p: 0.001, gap }), 'worst-case', 0.1)
  t.regex(headline, /more robust.*but the attack is in doubt/)
  t.regex(remarks[1]!, /black box beats the white box.*artefact/)
})

test('a white box no stronger than transfer is said so, a stronger one too', t => {
  const weak = data({ difference: 0.2, p: 0.001, gap: { difference: 0.01, p: 0.5 } })
  t.regex(finding(weak, 'pgd', 0.1).remarks[1]!, /no stronger than a transferred one/)
  const strong = data({ difference: 0.2, p: 0.001, gap: { difference: 0.3, p: 0.001 } })
  t.regex(finding(strong, 'pgd', 0.1).remarks[1]!, /the stronger one, as it should be/)
})

test('without a transfer attack the artefact stays possible', t => {
  const { remarks } = finding(data({ difference: 0.2, p: 0.001 }), 'pgd', 0.1)
  t.regex(remarks[1]!, /cannot be ruled out/)
})

test('unequal clean accuracies are told, and a model that only guesses', t => {
  const unequal = data({ difference: 0.2, p: 0.001, clean: [0.95, 0.7, 0.001] })
  t.regex(finding(unequal, 'pgd', 0.1).remarks[0]!, /do not start from the same accuracy/)
  const guessing = data({ difference: 0.05, p: 0.001, clean: [0.95, 0.11, 0.001] })
  t.regex(finding(guessing, 'pgd', 0.1).remarks[0]!, /cannot be told from guessing/)
})

test('one seed is said to be one seed', t => {
  const several = data({ difference: 0.2, p: 0.001 })
  const single = several.differences.map(one => ({ ...one, seeds: [0] }))
  t.false(finding(several, 'pgd', 0.1).remarks.some(remark => /One seed/.test(remark)))
  const { remarks } = finding({ ...several, differences: single }, 'pgd', 0.1)
  t.true(remarks.some(remark => /One seed only/.test(remark)))
})

test('a source of the same architecture is preferred', t => {
  const own = data({ difference: 0.2, p: 0.001, gap: { difference: 0.3, p: 0.001 } })
  const [gap] = own.gaps
  const foreign = { ...gap!, craftedOn: { arm: 'bp', architecture: 'mlp' }, difference: 0.5 }
  const { remarks } = finding({ ...own, gaps: [foreign, gap!] }, 'pgd', 0.1)
  t.regex(remarks[1]!, /\+30\.0 points/)
})

test('without a pair there is no finding', t => {
  const { verdict, headline } = finding(
    { ...data({ difference: 0, p: 1 }), differences: [] },
    'pgd',
    0.1,
  )
  t.is(verdict, 'none')
  t.regex(headline, /No matched pair/)
})

test('a model whose robustness the checks call masked is in doubt, however it differs', t => {
  const base = data({ difference: 0.3, p: 0.001, gap: { difference: 0.3, p: 0.001 } })
  const series = {
    ...{ key: 'lr-logit', arm: 'lr-logit', variant: '', estimator: {} },
    models: [{ id: 'm', seed: 0, cleanAccuracy: 0.9, engine: 'wasm' }],
  }
  const said = (verdict: 'real' | 'masked', epsilon: number) =>
    finding(
      {
        ...base,
        series: [series],
        verdicts: [{ model: 'm', epsilon, verdict, n: 100, reasons: [] }],
      },
      'pgd',
      0.1,
    ).headline
  t.regex(said('masked', 0.1), /but the attack is in doubt/)
  t.notRegex(said('masked', 0.2), /doubt/)
  t.notRegex(said('real', 0.1), /doubt/)
})
