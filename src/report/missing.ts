import type { Section } from './report-schema.ts'

/** What a reader would want to know and the results do not say, each with what to type for it. */
export function missingFrom(section: Omit<Section, 'missing'>): string[] {
  const { answers, gradients, corruptions, certified, environments, executions } = section
  const compared = answers.filter(({ robustness }) => robustness.differences.length > 0)
  if (compared.length === 0) {
    return ['No arm was attacked beside its backprop twin: npx gauntlet nightly']
  }
  const isImage = compared.some(({ robustness }) => ['linf', 'l2', 'l1'].includes(robustness.norm))
  const lines = compared.flatMap(({ robustness }) => lacking(robustness))
  if (isImage && corruptions.length === 0) {
    lines.push('No natural corruptions: npx gauntlet corrupt --model <run>')
  }
  if (isImage && certified.length === 0) {
    lines.push('No certified accuracy: npx gauntlet certify --model <run> --sigma 0.25')
  }
  if (gradients.length === 0) {
    lines.push('No gradient was measured: npx gauntlet probe --plan <plan>')
  }
  for (const { plan, state, done, failed, jobs } of executions.slice(0, 1)) {
    if (state === 'done' && done === jobs) continue
    const remark = failed > 0 ? `, ${failed} failed` : ''
    lines.push(`The latest execution of ${plan} is ${state}: ${done} of ${jobs} jobs done${remark}`)
  }
  for (const { commit } of environments) {
    if (commit === null) lines.push('Made outside a checkout: the commit is not known')
    else if (commit.endsWith('+')) lines.push(`Made with changes on top of commit ${commit}`)
  }
  return [...new Set(lines)]
}

function lacking(robustness: Section['answers'][number]['robustness']): string[] {
  const { norm, attacks, curves, series, verdicts } = robustness
  const lines: string[] = []
  const seeds = Math.min(...series.map(one => one.models.length))
  if (seeds < 2)
    lines.push('One seed only: whether other trainings would differ alike is not known')
  if (!curves.some(curve => curve.craftedOn)) {
    lines.push(`${norm}: no transfer attack; an artefact of the attacks cannot be ruled out`)
  }
  const balls = ['linf', 'l2', 'l1'].includes(norm)
  if (balls && !attacks.includes('autoattack')) {
    lines.push(
      `${norm}: no AutoAttack: npx gauntlet attack --model <run> --attack autoattack --eps …`,
    )
  }
  const checked = new Set(verdicts.map(one => one.model))
  const unchecked = series.filter(one => !one.models.some(({ id }) => checked.has(id)))
  if (balls && unchecked.length > 0) {
    const arms = unchecked.map(one => one.key).join(', ')
    lines.push(
      `${norm}: no verdict of the checks on ${arms}: npx gauntlet check --model <run> --eps …`,
    )
  }
  return lines
}
