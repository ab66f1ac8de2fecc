import test from 'ava'
import { battery } from '../../../src/evaluation/checks/battery.ts'
import type { Finding, Subject } from '../../../src/evaluation/checks/check.ts'
import { predicates } from '../../../src/evaluation/checks/predicates.ts'
import { runChecks, verdictOf } from '../../../src/evaluation/checks/run-checks.ts'
import { checkPresets } from '../../../src/evaluation/checks/settings.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { honestLinear } from './planted.ts'
import { settings, subjectOf } from './subject.ts'

useEngine()

const finding = (check: string, verdict: Finding['verdict']): Finding => ({
  check,
  part: null,
  verdict,
  value: 1,
  threshold: 0,
  detail: 'Found.',
  evaluations: [],
})

const crucial = finding('white-vs-black', 'passed')

test('the verdict follows from what failed', t => {
  const of = (...findings: Finding[]) => verdictOf(findings).verdict
  t.is(of(crucial), 'real')
  t.is(of(crucial, finding('zero-gradients', 'failed')), 'masked')
  t.is(of(crucial, finding('convergence', 'failed')), 'undecided')
  t.is(of(crucial, finding('convergence', 'failed'), finding('zero-gradients', 'failed')), 'masked')
  t.is(of(crucial, finding('natural-changes', 'failed')), 'real')
})

test('what was not measured matters where a predicate is essential', t => {
  const of = (...findings: Finding[]) => verdictOf(findings).verdict
  t.is(of(crucial, finding('convergence', 'not measured')), 'undecided')
  t.is(of(crucial, finding('white-vs-transfer', 'not measured')), 'real')
  t.is(of(crucial, finding('determinism', 'not applicable')), 'real')
  t.is(of(), 'undecided')
})

test('reasons name the check and say what it found', t => {
  const { reasons } = verdictOf([
    { ...finding('step-size', 'failed'), part: '2 of the step' },
    crucial,
  ])
  t.deepEqual(reasons, ['step-size (2 of the step): Found.'])
})

test('thorough checks try ten thousand random points', t => {
  t.is(checkPresets.thorough.randomPoints, 10_000)
  t.is(checkPresets.thorough.samples, 1000)
})

const blind = ({ lossGradient: _, ...victim }: Subject['victim']): Subject['victim'] => ({
  ...victim,
  capabilities: [],
})

test.serial(
  'without gradients it stays undecided',
  leavesNoTensors(async t => {
    const subject = await subjectOf(blind(honestLinear()))
    t.true(battery(subject, settings).every(({ attack }) => /square|random/.test(attack.name)))
    const shares: number[] = []
    const { findings, verdict } = await runChecks(subject, settings, share => {
      shares.push(share)
    })
    t.is(verdict.verdict, 'undecided')
    t.true(findings.every(({ check, verdict: v }) => v !== 'failed' || check === 'confidence'))
    t.is(findings.filter(f => f.detail === 'The model gives no gradients.').length, 22)
    t.is(shares.length, predicates.length)
    t.is(shares.at(-1), 1)
  }),
)

test.serial(
  'an honest model is real in L2 and, at every radius and seed, in L1',
  leavesNoTensors(async t => {
    const verdictIn = async (norm: Subject['norm'], epsilon: number, seed: number) => {
      const extra = { norm, epsilon, seed, examples: 30 }
      const subject = await subjectOf(honestLinear(seed), { extra })
      return (await runChecks(subject, { ...settings, examples: 15, singles: 4 })).verdict
    }
    t.like(await verdictIn('l2', 0.3, 1), { verdict: 'real' })
    for (const [epsilon, seed] of [
      [3, 2],
      [4, 3],
    ] as const) {
      const { verdict, reasons } = await verdictIn('l1', epsilon, seed)
      t.is(verdict, 'real', reasons.join(' '))
    }
  }),
)

test.serial(
  'a subject without evaluations is undecided, and every part has a name of its own',
  leavesNoTensors(async t => {
    const subject = { ...(await subjectOf(honestLinear())), headline: undefined }
    const { headline: _, ...known } = subject
    const none = await runChecks({ ...known, evaluations: [] }, settings)
    t.is(none.verdict.verdict, 'undecided')
    const twice = { ...known, evaluations: [...known.evaluations, ...known.evaluations] }
    const { findings } = await runChecks(twice, settings)
    const names = findings.map(({ check, part }) => `${check}/${part}`)
    t.is(new Set(names).size, names.length)
  }),
)
