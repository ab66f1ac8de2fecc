import test from 'ava'
import { choice, withChanges } from '../../web/url-state.ts'

test('changes are merged into the address, in one order', t => {
  const address = withChanges('/runs?state=trained', { arm: 'bp' })
  t.is(address, '/runs?arm=bp&state=trained')
  t.is(withChanges('/runs?arm=bp', { state: 'trained' }), address)
})

test('an empty change takes the parameter out, and the last one the question mark', t => {
  t.is(withChanges('/runs?arm=bp&seed=1', { arm: undefined }), '/runs?seed=1')
  t.is(withChanges('/runs?arm=bp', { arm: '' }), '/runs')
})

test('values that are not among the choices fall back', t => {
  const params = new URLSearchParams('arm=bp&x=nonsense')
  t.is(choice(params, 'arm', ['lr-logit', 'bp'], 'lr-logit'), 'bp')
  t.is(choice(params, 'x', ['updates', 'seconds'], 'updates'), 'updates')
  t.is(choice(params, 'missing', ['a'], 'a'), 'a')
})
