import type { Toolbox } from '../../attacks/own/toolbox.ts'

/** FGSM from a random point of the ball, in as many steps as asked for. */
export default ({ attack, crossEntropy, inputGradient, project, tf, z, ...tools }: Toolbox) =>
  attack({
    name: 'fast-sign',
    options: { steps: z.int().min(1).default(1) },
    create: ({ norm, steps }, epsilon) => ({
      run(victim, x, labels, random) {
        const start = tools.randomInBall(x.shape, norm, epsilon, random, 0)
        let point = project(tf.add(x, start), x, norm, epsilon, victim.bounds)
        for (let step = 0; step < steps; step++) {
          point = tf.tidy(() => {
            const gradient = inputGradient(victim, point, crossEntropy(labels))
            const change = tf.mul(tools.steepest(gradient, norm), (1.25 * epsilon) / steps)
            return project(tf.add(point, change), x, norm, epsilon, victim.bounds)
          })
        }
        return point
      },
    }),
  })
