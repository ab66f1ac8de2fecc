import test from 'ava'
import { attackNames } from '../../src/plans/any-attack.ts'
import { attackName } from '../../web/names.ts'

test('Gauntlet’s attacks have names for people, a user’s is called as its user does', t => {
  for (const name of Object.values(attackNames).flat()) t.not(attackName(name), name)
  for (const name of ['fast-sign', 'constructor']) t.is(attackName(name), name)
})
